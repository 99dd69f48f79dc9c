import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import type { ChatMessage, Citation } from '@switchyard/services';
import { citedIn, counted, extractAnswer, pagesOf, promptFor, sourceList, termsAsked } from '../../answers/index.js';
import { Chunks, TextIndex, type CodeExample, type SearchHit } from '../../corpus/index.js';
import { MODEL, type ModelClient, type ModelMessage } from '../../model/index.js';
import { cutText } from '../../text/text.cut.js';
import { ChatSettings } from './chat.settings.js';
import type { ChatReporter } from './chat.reporter.js';

/** A question with the earlier messages of its session. */
export interface Question {
  text: string;
  earlier: readonly ChatMessage[];
  /** The only source to search; all if absent. */
  source_id?: string;
  /** The user who asks; other users' sources are not searched. */
  owner?: string;
}

const STEPS = 3;
/** Words that may refer to the previous question. */
const REFERS_BACK = /\b(it|its|they|them|their|that|this|those|these|there|he|she|more)\b/i;
const ASKS_FOR_CODE = /\b(code|snippets?|examples?|function|implement\w*|script|program\w*)\b/i;

/** Answers questions from the index, with a model if there is one, else with sentences of the pages. */
@Injectable()
export class ChatAgent {
  constructor(
    private readonly index: TextIndex,
    private readonly chunks: Chunks,
    @Inject(MODEL) private readonly model: ModelClient | undefined,
    private readonly settings: ChatSettings,
  ) {}

  /**
   * Reports an answer in pieces, and returns the pages that it cites.
   *
   * @throws Fault `model.*`; the signal's reason when it is aborted
   */
  async answer(question: Question, reporter: ChatReporter, signal: AbortSignal): Promise<Citation[]> {
    await think(reporter, 1, `Looking for what the index has about “${cutText(question.text, 200)}”`);
    const query = queryOf(question);
    const hits = await this.search(query, question, reporter);
    const pages = pagesOf(hits);
    await think(reporter, 2, pages.length > 0 ? `Reading ${titles(pages)}` : 'Nothing fits');
    const code = ASKS_FOR_CODE.test(question.text) ? await this.findCode(hits, reporter) : undefined;
    signal.throwIfAborted();
    await think(reporter, 3, 'Writing the answer');
    if (this.model)
      return this.ask(this.model, promptFor(question.text, question.earlier, hits, code), pages, reporter, signal);
    const weigh = (term: string) => this.index.weigh(term);
    const { paragraphs, citations } = extractAnswer({
      question: question.text,
      query,
      hits,
      weigh,
      ...(code && { code }),
    });
    paragraphs.forEach((paragraph, place) => reporter.add(place === 0 ? paragraph : `\n\n${paragraph}`));
    return citations;
  }

  private async search(query: string, { source_id, owner }: Question, reporter: ChatReporter): Promise<SearchHit[]> {
    await reporter.step('tool_executing', { tool_name: 'search' });
    const hits = this.index.search(query, {
      limit: this.settings.passages,
      ...(source_id && { source_id }),
      reader: owner,
    });
    const pages = pagesOf(hits);
    const result = `${counted(hits.length, 'passage')} on ${counted(pages.length, 'page')}`;
    await reporter.step('tool_completed', { tool_name: 'search', result });
    return hits;
  }

  private async findCode(hits: readonly SearchHit[], reporter: ChatReporter): Promise<CodeExample[]> {
    await reporter.step('tool_executing', { tool_name: 'code_examples' });
    const sources = [...new Set(hits.map(({ source_id }) => source_id))];
    const all = (await Promise.all(sources.map((source_id) => this.chunks.codeOf(source_id)))).flat();
    const code = all.filter(({ url }) => hits.some((hit) => hit.url === url));
    await reporter.step('tool_completed', { tool_name: 'code_examples', result: counted(code.length, 'code example') });
    return code;
  }

  private async ask(
    model: ModelClient,
    prompt: readonly ModelMessage[],
    pages: readonly Citation[],
    reporter: ChatReporter,
    signal: AbortSignal,
  ): Promise<Citation[]> {
    const answer = await streamWithRetry(model, prompt, reporter, signal);
    const cited = citedIn(answer, pages);
    reporter.add(sourceList(cited));
    return [...cited.values()];
  }
}

/** Streams a model's answer; after a recoverable failure, it tries once more if no piece was reported. */
async function streamWithRetry(
  model: ModelClient,
  prompt: readonly ModelMessage[],
  reporter: ChatReporter,
  signal: AbortSignal,
): Promise<string> {
  let answer = '';
  for (let attempt = 1; ; attempt += 1) {
    try {
      for await (const piece of model.stream(prompt, signal)) {
        answer += piece;
        reporter.add(piece);
      }
      return answer;
    } catch (thrown) {
      const mayRetry = thrown instanceof Fault && thrown.recoverable && answer === '';
      if (!mayRetry || attempt > 1) throw thrown;
    }
  }
}

/** Returns the text to search for: the question, with the previous question if it is short and refers to it. */
function queryOf({ text, earlier }: Question): string {
  const previous = earlier.findLast(({ sender }) => sender === 'user');
  const terms = termsAsked(text).size;
  return previous && (terms === 0 || (terms < 3 && REFERS_BACK.test(text))) ? `${previous.content} ${text}` : text;
}

function think(reporter: ChatReporter, step_number: number, thought: string): Promise<unknown> {
  return reporter.step('agent_thinking', { thought, step_number, total_steps: STEPS });
}

function titles(pages: readonly Citation[]): string {
  const named = pages.slice(0, 3).map(({ title, url }) => title || url);
  const more = pages.length > named.length ? [`${pages.length - named.length} more`] : [];
  return [...named, ...more].join(', ');
}
