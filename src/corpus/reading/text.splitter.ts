import { cutBefore, piecesOf } from '../../text/text.cut.js';
import { wordsOf } from './document.js';

/** The characters that weigh as much as a word, for scripts without spaces between words. */
const CHARACTERS_PER_WORD = 10;
const SENTENCE_END = /[.!?…。！？]["')\]»”]?$/;

/** Returns the weight of a text in words. */
export function weightOf(text: string): number {
  return weigh(wordsOf(text).length, text.length);
}

function weigh(words: number, characters: number): number {
  return Math.max(words, Math.ceil(characters / CHARACTERS_PER_WORD));
}

/** Yields the words of a text; overlong words are cut. */
function* wordsThatFit(text: string, max: number): Generator<string> {
  for (const [word] of text.matchAll(/\S+/g)) yield* piecesOf(word, max * CHARACTERS_PER_WORD);
}

/** Splits a text into pieces of at most `max` characters, at a line end if the second half has one. */
export function* splitLines(text: string, max: number): Generator<string> {
  let at = 0;
  while (text.length - at > max) {
    const line = text.lastIndexOf('\n', at + max);
    const end = line >= at + max / 2 ? line : at + cutBefore(text.slice(at, at + max + 2), max);
    yield text.slice(at, end);
    at = end;
    if (text[at] === '\n') at += 1;
  }
  yield text.slice(at);
}

/** Splits a text into pieces of at most `max` words, at a sentence end if the second half has one. */
export function* splitText(text: string, max: number): Generator<string> {
  // Counting characters first avoids splitting a long text into words.
  if (text.length <= max * CHARACTERS_PER_WORD && weightOf(text) <= max) {
    yield text;
    return;
  }
  let piece: string[] = [];
  let sentence = 0;
  let characters = 0;
  for (const word of wordsThatFit(text, max)) {
    const length = word.length + (piece.length > 0 ? 1 : 0);
    if (piece.length > 0 && weigh(piece.length + 1, characters + length) > max) {
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
