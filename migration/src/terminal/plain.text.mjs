import { stripVTControlCharacters } from 'node:util';

/** Control characters of both sets, and the characters that turn the direction of writing. */
const CONTROL = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/** What JSON leaves as it is and a terminal may obey. */
const UNESCAPED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text of somebody else on one line, without anything that a terminal obeys. @param {string} text */
export function plain(text) {
  return stripVTControlCharacters(text)
    .replace(/[\s\u2028\u2029]+/g, ' ')
    .replace(CONTROL, '');
}

/** JSON that shows the same characters and contains nothing that a terminal obeys. @param {unknown} value */
export function plainJson(value) {
  return JSON.stringify(value).replace(
    UNESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
