import { indexTerm } from '../corpus/index-term.js';

const SPLITTER = new Intl.Segmenter('en', { granularity: 'sentence' });
const LEAST_WORDS = 4;
const MAX_SYMBOLS = 0.08;

/** The words of a text as the index knows them, each once, without those that say nothing. */
export function termsOf(text: string): Set<string> {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.map(indexTerm).filter((term) => term !== null));
}

/** Words by which something is asked for, which it need not contain. */
const ASKING = new Set(
  (
    'anything between code describe difference example explain find give happen know learn like list may mean might much must need please ' +
    'say shall show snippet something tell thing use want work'
  ).split(' '),
);

/** A question that is longer says with its first words what it is about; each is weighed and looked for. */
const MAX_ASKED = 32;

/** The words that an answer to `question` should be about. */
export function termsAsked(question: string): Set<string> {
  const terms = [...termsOf(question)];
  const telling = terms.filter((term) => !ASKING.has(term));
  return new Set((telling.length > 0 ? telling : terms).slice(0, MAX_ASKED));
}

/** Whether two words are of one family, as far as their beginnings tell: `signal` and `signaller`. */
export function areAkin(a: string, b: string): boolean {
  if (a === b) return true;
  const shorter = Math.min(a.length, b.length);
  const common = Math.max(4, Math.ceil(shorter * 0.75));
  return shorter >= common && a.slice(0, common) === b.slice(0, common) && Math.abs(a.length - b.length) <= 4;
}

/** The sentences of a chunk's text that can be quoted: no headings, no code. */
export function sentencesOf(text: string): string[] {
  // A paragraph is one line; what has several is code or a list of something.
  const paragraphs = text.split('\n\n').filter((block) => !block.includes('\n'));
  return paragraphs.flatMap((paragraph) => joinAbbreviations(paragraph).filter(isSentence));
}

/** Puts together what was taken apart behind an abbreviation, "Dr. " or "No. ". */
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
  return words >= (ends ? LEAST_WORDS : 2 * LEAST_WORDS) && symbols <= text.length * MAX_SYMBOLS;
}
