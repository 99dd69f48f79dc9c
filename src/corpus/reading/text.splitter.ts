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

function* wordsThatFit(text: string, most: number): Generator<string> {
  for (const [word] of text.matchAll(/\S+/g)) yield* cutLong(word, most * CHARACTERS_PER_WORD);
}

/** Cuts a text into pieces that weigh at most `most` words, after a sentence where there is one in the second half. */
export function* splitText(text: string, most: number): Generator<string> {
  // What has too many characters is too long without its words being counted.
  if (text.length <= most * CHARACTERS_PER_WORD && weightOf(text) <= most) {
    yield text;
    return;
  }
  let piece: string[] = [];
  let sentence = 0;
  let characters = 0;
  for (const word of wordsThatFit(text, most)) {
    const length = word.length + (piece.length > 0 ? 1 : 0);
    if (piece.length > 0 && weigh(piece.length + 1, characters + length) > most) {
      const end = sentence >= piece.length / 2 ? sentence : piece.length;
      yield piece.slice(0, end).join(' ');
      piece = piece.slice(end);
      sentence = 0;
      characters = piece.reduce((sum, before) => sum + before.length + 1, 0) + word.length;
    } else characters += length;
    piece.push(word);
    if (SENTENCE_END.test(word)) sentence = piece.length;
  }
  yield piece.join(' ');
}
