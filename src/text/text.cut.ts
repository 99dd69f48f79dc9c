const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** No character that people use is longer, in UTF-16 units; what goes on for longer is cut between code points. */
const LONGEST_CHARACTER = 64;

/**
 * Where to cut a text so that at most `most` UTF-16 units come before the cut, and no character is cut in two, such as
 * an emoji of several code points or a letter with its accents. It is never 0 for a text and a limit of 2 or more.
 */
export function cutBefore(text: string, most: number): number {
  if (text.length <= most) return text.length;
  // Two units past the cut are enough to see whether a character goes on there; the rest need not be looked at.
  const { index } = characters.segment(text.slice(0, most + 2)).containing(most)!;
  return index > 0 && most - index < LONGEST_CHARACTER ? index : most - (isInPair(text, most) ? 1 : 0);
}

/** The beginning of a text, of at most `most` UTF-16 units, cut between characters. */
export function cutText(text: string, most: number): string {
  return text.slice(0, cutBefore(text, most));
}

/** The end of a text, of at most `most` UTF-16 units, which are at least 1, cut between characters. */
export function cutTextStart(text: string, most: number): string {
  const at = text.length - most;
  if (at <= 0) return text;
  const { index, segment } = characters.segment(text).containing(at)!;
  if (index === at) return text.slice(at);
  const next = index + segment.length;
  return text.slice(next < text.length && next - at < LONGEST_CHARACTER ? next : at + (isInPair(text, at) ? 1 : 0));
}

/** A text in pieces of at most `most` UTF-16 units, which are at least 2, cut between characters; an empty text is one. */
export function* piecesOf(text: string, most: number): Generator<string> {
  let rest = text;
  while (rest.length > most) {
    const end = cutBefore(rest, most);
    yield rest.slice(0, end);
    rest = rest.slice(end);
  }
  yield rest;
}

function isInPair(text: string, at: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
}
