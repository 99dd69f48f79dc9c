const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The longest character that is kept whole, in UTF-16 units; longer ones are cut between code points. */
const MAX_CHARACTER_LENGTH = 64;

/**
 * Finds the last cut within `max` UTF-16 units that splits no character, such as an emoji of several code points or a
 * letter with accents; it is not 0 if the text is not empty and `max` is at least 2.
 */
export function cutBefore(text: string, max: number): number {
  if (text.length <= max) return text.length;
  // Two units past the cut suffice to see whether a character continues there.
  const { index } = characters.segment(text.slice(0, max + 2)).containing(max)!;
  return index > 0 && max - index < MAX_CHARACTER_LENGTH ? index : max - (isInPair(text, max) ? 1 : 0);
}

/** Returns the start of a text, at most `max` UTF-16 units, cut between characters. */
export function cutText(text: string, max: number): string {
  return text.slice(0, cutBefore(text, max));
}

/** Returns the end of a text, at most `max` UTF-16 units (at least 1), cut between characters. */
export function cutTextStart(text: string, max: number): string {
  const at = text.length - max;
  if (at <= 0) return text;
  const { index, segment } = characters.segment(text).containing(at)!;
  if (index === at) return text.slice(at);
  const next = index + segment.length;
  return text.slice(next < text.length && next - at < MAX_CHARACTER_LENGTH ? next : at + (isInPair(text, at) ? 1 : 0));
}

/** Splits a text between characters into pieces of at most `max` UTF-16 units (at least 2); an empty text is one piece. */
export function* piecesOf(text: string, max: number): Generator<string> {
  let rest = text;
  while (rest.length > max) {
    const end = cutBefore(rest, max);
    yield rest.slice(0, end);
    rest = rest.slice(end);
  }
  yield rest;
}

function isInPair(text: string, at: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
}
