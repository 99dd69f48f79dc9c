import { wordsOf } from './document.js';

/** Characters that weigh as much as a word, for writing that does not put spaces between words. */
const CHARACTERS_PER_WORD = 10;
const SENTENCE_END = /[.!?…。！？]["')\]»”]?$/;

/** How much room a text takes, in words. */
export function weightOf(text: string): number {
  return weigh(wordsOf(text).length, text.length);
}

function weigh(words: number, characters: number): number {
  return Math.max(words, Math.ceil(characters / CHARACTERS_PER_WORD));
}

/** Cuts what has no spaces for longer than `most` characters, never through a surrogate pair. */
function cutLong(word: string, most: number): string[] {
  if (word.length <= most) return [word];
  const parts: string[] = [];
  for (let at = 0; at < word.length;) {
    let end = Math.min(at + most, word.length);
    const code = word.charCodeAt(end - 1);
    if (end < word.length && code >= 0xd800 && code <= 0xdbff) end -= 1;
    parts.push(word.slice(at, end));
    at = end;
  }
  return parts;
}

/** Cuts a text into pieces that weigh at most `most` words, after a sentence where there is one in the second half. */
export function splitText(text: string, most: number): string[] {
  if (weightOf(text) <= most) return [text];
  const words = wordsOf(text).flatMap((word) => cutLong(word, most * CHARACTERS_PER_WORD));
  const pieces: string[] = [];
  let first = 0;
  let sentence = 0;
  let characters = 0;
  for (let at = 0; at < words.length; at += 1) {
    const length = words[at]!.length + (at > first ? 1 : 0);
    if (at > first && weigh(at - first + 1, characters + length) > most) {
      const end = sentence - first >= (at - first) / 2 ? sentence : at;
      pieces.push(words.slice(first, end).join(' '));
      first = end;
      sentence = end;
      characters = words.slice(first, at).reduce((sum, word) => sum + word.length + 1, 0) + words[at]!.length;
    } else characters += length;
    if (SENTENCE_END.test(words[at]!)) sentence = at + 1;
  }
  pieces.push(words.slice(first).join(' '));
  return pieces;
}
