import type { ChatMessage, Citation } from '@switchyard/services';
import type { CodeExample, SearchHit } from '../corpus/index.js';
import type { ModelMessage } from '../model/index.js';
import { citationOf, source } from './answer.extract.js';

/** The number of earlier messages in a prompt. */
const MAX_EARLIER_MESSAGES = 10;

const RULES = `You answer questions from passages of indexed pages.
Use only what the passages say. After each statement name its page by number, like [1].
If the passages do not answer the question, say that the index has nothing about it. Be brief.`;

/** Lists the pages of hits once each, in the order of the prompt's numbers. */
export function pagesOf(hits: readonly SearchHit[]): Citation[] {
  return [...new Map(hits.map((hit) => [hit.url, citationOf(hit)])).values()];
}

/** Builds the conversation that asks a model to answer from `hits`. */
export function promptFor(
  question: string,
  earlier: readonly ChatMessage[],
  hits: readonly SearchHit[],
  code: readonly CodeExample[] = [],
): ModelMessage[] {
  const pages = pagesOf(hits);
  const passages = pages.map((page, place) => {
    const texts = hits.filter(({ url }) => url === page.url).map(({ chunk }) => `${chunk.heading}\n${chunk.text}`);
    const examples = code.filter(({ url }) => url === page.url).map((example) => `\`\`\`\n${example.code}\n\`\`\``);
    return [`[${place + 1}] ${page.title}`, ...texts, ...examples].join('\n');
  });
  const turns = earlier.slice(-MAX_EARLIER_MESSAGES).map(({ sender, content }): ModelMessage => {
    return { role: sender === 'agent' ? 'assistant' : 'user', content };
  });
  const known = passages.length > 0 ? passages.join('\n\n') : 'There are no passages that fit.';
  return [{ role: 'system', content: `${RULES}\n\n${known}` }, ...turns, { role: 'user', content: question }];
}

/** Finds the pages that an answer cites by number. */
export function citedIn(answer: string, pages: readonly Citation[]): Map<number, Citation> {
  const numbers = [...answer.matchAll(/\[(\d{1,3})\]/g)].map(([, number]) => Number(number));
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  return new Map(sorted.flatMap((number) => (pages[number - 1] ? [[number, pages[number - 1]!] as const] : [])));
}

/** Formats the list of cited pages that ends an answer. */
export function sourceList(cited: ReadonlyMap<number, Citation>): string {
  const lines = [...cited].map(([number, page]) => `[${number}] ${source(page)}`);
  return lines.length > 0 ? `\n\n${lines.join('\n')}` : '';
}
