import type { Citation } from '@switchyard/services';
import type { CodeExample, SearchHit } from '../corpus/index.js';
import { cutText } from '../text/text.cut.js';
import { areRelated, sentencesOf, termsAsked, termsOf } from './sentence.js';

/** An answer that quotes pages: its paragraphs and the quoted pages. */
export interface ExtractedAnswer {
  paragraphs: string[];
  citations: Citation[];
}

/** The input of an extracted answer: a question and its search hits. */
export interface Findings {
  /** The question in the user's words. */
  question: string;
  /** The search query. */
  query: string;
  /** Best first. */
  hits: readonly SearchHit[];
  /** The weight of a word: rare words weigh more. */
  weigh(term: string): number;
  /** Code on the found pages; undefined when the question does not ask for code. */
  code?: readonly CodeExample[];
}

interface Quote {
  hit: SearchHit;
  text: string;
  terms: Set<string>;
  /** The sentence's index in the hit. */
  at: number;
  score: number;
}

const MAX_QUOTES = 6;
const MAX_QUOTES_OF_A_PAGE = 4;
const MAX_CODE = 2;
/** A text is about a question when it covers more than this share of the question's weight. */
const MIN_COVERED = 0.5;
/** Sentences below this share of the best score are not quoted. */
const MIN_SCORE_SHARE = 0.55;
/** Two sentences with a higher share of common words count as the same. */
const MAX_OVERLAP = 0.7;
/** The share of its weight that a word adds if only a related word is in the text. */
const RELATED_WEIGHT = 0.6;

/** Quotes the best sentences, grouped by page, in reading order, with each page's title and address. */
export function extractAnswer({ question, query, hits, weigh, code }: Findings): ExtractedAnswer {
  const weights = new Map([...termsAsked(query)].map((term) => [term, weigh(term)]));
  const about = hits.filter((hit) => isAbout(hit, weights));
  const pages = groupByPage(choose(rank(about, question, weights)));
  if (pages.length === 0) return { paragraphs: [nothingAbout(question)], citations: [] };
  const citations = pages.map(([{ hit }]) => citationOf(hit));
  const paragraphs = pages.map((quotes, page) => `“${join(quotes)}”\n— ${source(citations[page]!)}`);
  return { paragraphs: [...paragraphs, ...codeParagraphs(code, citations)], citations };
}

/** Returns the page of a hit as a citation. */
export function citationOf({ url, title, source_id }: SearchHit): Citation {
  return { url, title, source_id };
}

/** Formats a citation as title and address. */
export function source({ title, url }: Citation): string {
  return title ? `${title} (${url})` : url;
}

function nothingAbout(question: string): string {
  const subject = cutText(question.trim().replace(/\s+/g, ' '), 200);
  return `There is nothing in the index about “${subject}”. Crawl or upload something about it, or ask in other words.`;
}

/** The weight of the query words that a text contains; a related word counts less. */
function covered(terms: ReadonlySet<string>, weights: ReadonlyMap<string, number>): number {
  const words = [...terms];
  const shares = [...weights].map(([term, weight]) => {
    if (terms.has(term)) return weight;
    return words.some((word) => areRelated(word, term)) ? weight * RELATED_WEIGHT : 0;
  });
  return sum(shares);
}

function isAbout({ chunk, title }: SearchHit, weights: ReadonlyMap<string, number>): boolean {
  const terms = termsOf(`${title} ${chunk.heading} ${chunk.text}`);
  return weights.size > 0 && covered(terms, weights) > MIN_COVERED * sum([...weights.values()]);
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
  const least = (ranked[0]?.score ?? 0) * MIN_SCORE_SHARE;
  for (const quote of ranked) {
    if (chosen.length >= MAX_QUOTES || quote.score < least) break;
    const ofPage = chosen.filter(({ hit }) => hit.url === quote.hit.url).length;
    if (ofPage < MAX_QUOTES_OF_A_PAGE && !chosen.some((other) => isSame(other, quote))) chosen.push(quote);
  }
  return chosen.flatMap((quote) => withReference(quote, chosen));
}

/** Adds the sentence before one that begins with "It" or "This", which is unclear alone. */
function withReference(quote: Quote, chosen: readonly Quote[]): Quote[] {
  const { hit, at, text, score } = quote;
  const isQuoted = chosen.some((other) => other.hit === hit && other.at === at - 1);
  const before = sentencesOf(hit.chunk.text)[at - 1];
  if (isQuoted || before === undefined || !/^(It|They|This|That|These|Those|He|She|So)\b/.test(text)) return [quote];
  return [{ hit, text: before, terms: termsOf(before), at: at - 1, score }, quote];
}

function isSame(a: Quote, b: Quote): boolean {
  const common = [...a.terms].filter((term) => b.terms.has(term)).length;
  return a.text === b.text || common / (a.terms.size + b.terms.size - common) > MAX_OVERLAP;
}

/** The quotes of each page in reading order, the best page first. */
function groupByPage(quotes: readonly Quote[]): [Quote, ...Quote[]][] {
  const pages = new Map<string, Quote[]>();
  for (const quote of quotes) pages.set(quote.hit.url, [...(pages.get(quote.hit.url) ?? []), quote]);
  const inOrder = [...pages.values()].map((page) => page.sort(byPlace) as [Quote, ...Quote[]]);
  return inOrder.sort((a, b) => best(b) - best(a));
}

const byPlace = (a: Quote, b: Quote) => a.hit.chunk.position - b.hit.chunk.position || a.at - b.at;
const best = (quotes: readonly Quote[]) => Math.max(...quotes.map(({ score }) => score));
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Joins quotes into one text, with dots where sentences are missing. */
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
