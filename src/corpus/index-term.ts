/** English stop words. */
const STOP_WORDS = new Set(
  (
    'a about an and are as at be been but by can could did do does for from had has have how i if in into is it its me ' +
    'my not of on or our should so than that the their them then there these they this to was we were what when where ' +
    'which who why will with would you your'
  ).split(' '),
);

/** Reduces an English plural to its singular with three rules (Harman's S stemmer). */
function singular(word: string): string {
  if (word.length < 4 || /(ss|us|is)$/.test(word)) return word;
  if (/[^ae]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

/** Normalizes a word for the index; null for a stop word. */
export function indexTerm(word: string): string | null {
  const term = word.normalize('NFKC').toLowerCase();
  return STOP_WORDS.has(term) ? null : singular(term);
}
