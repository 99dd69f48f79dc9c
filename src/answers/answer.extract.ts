import type { Citation } from '@switchyard/services';
import type { CodeExample, SearchHit } from '../corpus/index.js';
import { cutText } from '../text/text.cut.js';
import { areAkin, sentencesOf, termsAsked, termsOf } from './sentence.js';

/** An answer that is taken from pages word by word: its paragraphs, and the pages. */
export interface ExtractedAnswer {
  paragraphs: string[];
  citations: Citation[];
}

/** What is known about a question and where it may be answered. */
export interface Findings {
  /** As it was asked. */
  asked: string;
  /** What was looked for. */
  query: string;
  /** Best first. */
  hits: readonly SearchHit[];
  /** How much a word tells, the rarer the more. */
  weigh(term: string): number;
  /** Code on the pages found; undefined when none was asked for. */
  code?: readonly CodeExample[];
}

interface Quote {
  hit: SearchHit;
  text: string;
  terms: Set<string>;
  /** The place in the hit's sentences. */
  at: number;
  score: number;
}

const MAX_QUOTES = 6;
const MAX_QUOTES_OF_A_PAGE = 4;
const MAX_CODE = 2;
/** A text is about a question when it speaks of more than this share of its weight. */
const LEAST_COVERED = 0.5;
/** A sentence is worth quoting beside the best one from this share of its score. */
const WORTH_QUOTING = 0.55;
const SAME = 0.7;
const AKIN = 0.6;

/** Answers with the sentences that fit best, each page's together, in their order and with its title and address. */
export function extractAnswer({ asked, query, hits, weigh, code }: Findings): ExtractedAnswer {
  const weights = new Map([...termsAsked(query)].map((term) => [term, weigh(term)]));
  const about = hits.filter((hit) => isAbout(hit, weights));
  const pages = groupByPage(choose(rank(about, asked, weights)));
  if (pages.length === 0) return { paragraphs: [nothingAbout(asked)], citations: [] };
  const citations = pages.map(([{ hit }]) => citationOf(hit));
  const paragraphs = pages.map((quotes, page) => `“${join(quotes)}”\n— ${source(citations[page]!)}`);
  return { paragraphs: [...paragraphs, ...codeParagraphs(code, citations)], citations };
}

/** The page of a hit. */
export function citationOf({ url, title, source_id }: SearchHit): Citation {
  return { url, title, source_id };
}

/** A page as it is named in a text. */
export function source({ title, url }: Citation): string {
  return title ? `${title} (${url})` : url;
}

function nothingAbout(asked: string): string {
  const question = cutText(asked.trim().replace(/\s+/g, ' '), 200);
  return `There is nothing in the index about “${question}”. Crawl or upload something about it, or ask in other words.`;
}

/** How much of what is asked a text speaks of; a word of the same family counts for less. */
function covered(terms: ReadonlySet<string>, weights: ReadonlyMap<string, number>): number {
  const words = [...terms];
  const shares = [...weights].map(([term, weight]) => {
    if (terms.has(term)) return weight;
    return words.some((word) => areAkin(word, term)) ? weight * AKIN : 0;
  });
  return sum(shares);
}

function isAbout({ chunk, title }: SearchHit, weights: ReadonlyMap<string, number>): boolean {
  const terms = termsOf(`${title} ${chunk.heading} ${chunk.text}`);
  return weights.size > 0 && covered(terms, weights) > LEAST_COVERED * sum([...weights.values()]);
}

function rank(hits: readonly SearchHit[], question: string, weights: ReadonlyMap<string, number>): Quote[] {
  const asksWhat = /^\s*(what|who)('s|\s+(is|are|was|were))\b/i.test(question);
  const quotes = hits.flatMap((hit, place) => {
    const context = termsOf(`${hit.title} ${hit.chunk.heading} ${hit.chunk.text}`);
    const around = covered(context, weights);
    return sentencesOf(hit.chunk.text).map((text, at) => {
      const terms = termsOf(text);
      const own = covered(terms, weights);
      const defines = asksWhat && own > 0 && /^(an?|the)?\s*(\S+\s){1,4}(is|are|was|were|means)\b/i.test(text);
      const long = 1 + Math.max(0, text.length - 250) / 500;
      const score = own === 0 ? 0 : ((own + around / 2) * (defines ? 1.5 : 1)) / long / (1 + place / 10);
      return { hit, text, terms, at, score };
    });
  });
  return quotes.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
}

function choose(ranked: readonly Quote[]): Quote[] {
  const chosen: Quote[] = [];
  const least = (ranked[0]?.score ?? 0) * WORTH_QUOTING;
  for (const quote of ranked) {
    if (chosen.length >= MAX_QUOTES || quote.score < least) break;
    const ofPage = chosen.filter(({ hit }) => hit.url === quote.hit.url).length;
    if (ofPage < MAX_QUOTES_OF_A_PAGE && !chosen.some((other) => isSame(other, quote))) chosen.push(quote);
  }
  return chosen.flatMap((quote) => withReference(quote, chosen));
}

/** A sentence that begins with "It" or "This" says nothing without the one before. */
function withReference(quote: Quote, chosen: readonly Quote[]): Quote[] {
  const { hit, at, text, score } = quote;
  const isThere = chosen.some((other) => other.hit === hit && other.at === at - 1);
  const before = sentencesOf(hit.chunk.text)[at - 1];
  if (isThere || before === undefined || !/^(It|They|This|That|These|Those|He|She|So)\b/.test(text)) return [quote];
  return [{ hit, text: before, terms: termsOf(before), at: at - 1, score }, quote];
}

function isSame(a: Quote, b: Quote): boolean {
  const common = [...a.terms].filter((term) => b.terms.has(term)).length;
  return a.text === b.text || common / (a.terms.size + b.terms.size - common) > SAME;
}

/** The quotes of each page in reading order, the page that fits best first. */
function groupByPage(quotes: readonly Quote[]): [Quote, ...Quote[]][] {
  const pages = new Map<string, Quote[]>();
  for (const quote of quotes) pages.set(quote.hit.url, [...(pages.get(quote.hit.url) ?? []), quote]);
  const inOrder = [...pages.values()].map((page) => page.sort(byPlace) as [Quote, ...Quote[]]);
  return inOrder.sort((a, b) => best(b) - best(a));
}

const byPlace = (a: Quote, b: Quote) => a.hit.chunk.position - b.hit.chunk.position || a.at - b.at;
const best = (quotes: readonly Quote[]) => Math.max(...quotes.map(({ score }) => score));
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Quotes as one text, with dots where something was left out. */
function join(quotes: readonly Quote[]): string {
  return quotes.reduce((text, { hit, at, text: next }, place) => {
    const last = quotes[place - 1];
    if (!last) return next;
    return text + (last.hit === hit && last.at === at - 1 ? ' ' : ' … ') + next;
  }, '');
}

function codeParagraphs(code: readonly CodeExample[] | undefined, citations: readonly Citation[]): string[] {
  if (!code) return [];
  const cited = citations.flatMap(({ url }) => code.filter((example) => example.url === url));
  if (cited.length === 0) return ['These pages have no code examples.'];
  return cited
    .slice(0, MAX_CODE)
    .map((example) => `\`\`\`${example.language ?? ''}\n${example.code}\n\`\`\`\n— ${source(example)}`);
}
