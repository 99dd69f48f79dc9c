import { cutBefore, piecesOf } from '../../text/text.cut.js';
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

/** The words of a text; what has no spaces for too long is cut. */
function* wordsThatFit(text: string, most: number): Generator<string> {
  for (const [word] of text.matchAll(/\S+/g)) yield* piecesOf(word, most * CHARACTERS_PER_WORD);
}

/** Cuts a text into pieces of at most `most` characters, after an end of a line where there is one in the second half. */
export function* splitLines(text: string, most: number): Generator<string> {
  let at = 0;
  while (text.length - at > most) {
    const line = text.lastIndexOf('\n', at + most);
    const end = line >= at + most / 2 ? line : at + cutBefore(text.slice(at, at + most + 2), most);
    yield text.slice(at, end);
    at = end;
    if (text[at] === '\n') at += 1;
  }
  yield text.slice(at);
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
