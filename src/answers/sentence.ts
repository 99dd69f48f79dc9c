import { indexTerm } from '../corpus/index-term.js';

const SPLITTER = new Intl.Segmenter('en', { granularity: 'sentence' });
const MIN_WORDS = 4;
const MAX_SYMBOLS = 0.08;

/** Lists the index terms of a text once each, without stop words. */
export function termsOf(text: string): Set<string> {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.map(indexTerm).filter((term) => term !== null));
}

/** Words of a question that an answer need not contain. */
const QUESTION_WORDS = new Set(
  (
    'anything between code describe difference example explain find give happen know learn like list may mean might much must need please ' +
    'say shall show snippet something tell thing use want work'
  ).split(' '),
);

/** Longer questions are cut, because each term costs a search. */
const MAX_QUERY_TERMS = 32;

/** Lists the terms that an answer to `question` should contain. */
export function termsAsked(question: string): Set<string> {
  const terms = [...termsOf(question)];
  const meaningful = terms.filter((term) => !QUESTION_WORDS.has(term));
  return new Set((meaningful.length > 0 ? meaningful : terms).slice(0, MAX_QUERY_TERMS));
}

/** Tells whether two words share a stem, such as `signal` and `signaller`. */
export function areRelated(a: string, b: string): boolean {
  if (a === b) return true;
  const shorter = Math.min(a.length, b.length);
  const common = Math.max(4, Math.ceil(shorter * 0.75));
  return shorter >= common && a.slice(0, common) === b.slice(0, common) && Math.abs(a.length - b.length) <= 4;
}

/** Lists the quotable sentences of a chunk: no headings, no code. */
export function sentencesOf(text: string): string[] {
  // A paragraph is one line; a block of several lines is code or a list.
  const paragraphs = text.split('\n\n').filter((block) => !block.includes('\n'));
  return paragraphs.flatMap((paragraph) => joinAbbreviations(paragraph).filter(isSentence));
}

/** Rejoins sentences that were split after an abbreviation, such as "Dr. " or "No. ". */
function joinAbbreviations(paragraph: string): string[] {
  const sentences: string[] = [];
  for (const { segment } of SPLITTER.segment(paragraph)) {
    const last = sentences.at(-1);
    if (last !== undefined && /\b(\p{Lu}\p{L}?|No|e\.g|i\.e|etc|vs|cf)\.\s$/u.test(last)) {
      sentences[sentences.length - 1] = last + segment;
    } else {
      sentences.push(segment);
    }
  }
  return sentences.map((sentence) => sentence.trim());
}

function isSentence(text: string): boolean {
  const words = text.split(/\s+/).length;
  const symbols = text.match(/[^\p{L}\p{M}\p{N}\s.,:;!?'"’‘“”()–—-]/gu)?.length ?? 0;
  const ends = /[.!?:…]["'”’)]?$/.test(text);
  return words >= (ends ? MIN_WORDS : 2 * MIN_WORDS) && symbols <= text.length * MAX_SYMBOLS;
}
