import fc from 'fast-check';
import { cutText, cutTextStart, piecesOf } from './text.cut.js';

const FAMILY = '👩‍👩‍👧‍👦';
const FLAGS = '🇩🇪🇫🇷🇯🇵';
const ACCENTED = 'e\u0301';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(FAMILY, FLAGS, ACCENTED, '😀', '日', 'a', '\r\n', '\u0301')).map((parts) => parts.join('')),
);
const graphemes = (text: string) =>
  [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment);

describe('a text that is cut', () => {
  it.each([
    ['a whole emoji goes', `aaa😀`, 4, 'aaa'],
    ['a family stays together', `a${FAMILY}b`, 5, 'a'],
    ['a flag stays whole', FLAGS, 6, '🇩🇪'],
    ['an accent stays with its letter', `ab${ACCENTED}`, 3, 'ab'],
    ['what is not over the limit stays', FAMILY, FAMILY.length, FAMILY],
    ['one character that is longer than the limit is cut between its code points', FAMILY, 4, '👩\u200d'],
    ['a letter under a hundred accents is cut between them', `a${'\u0301'.repeat(100)}`, 50, `a${'\u0301'.repeat(49)}`],
  ])('%s', (_what, text, most, cut) => {
    expect(cutText(text, most)).toBe(cut);
  });

  it.each([
    ['a whole emoji goes', '😀aaa', 4, 'aaa'],
    ['a family stays together', `b${FAMILY}a`, 5, 'a'],
    ['a flag stays whole', FLAGS, 6, '🇯🇵'],
    ['the end of a name stays', 'a long name.pdf', 8, 'name.pdf'],
    ['one character that is longer than the limit is cut between its code points', FAMILY, 4, '\u200d👦'.slice(-3)],
  ])('from the front: %s', (_what, text, most, cut) => {
    expect(cutTextStart(text, most)).toBe(cut);
  });

  it('is a part of the text within the limit, as well formed as before, and ends between characters', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, most) => {
        for (const [cut, rest] of [
          [cutText(text, most), text.slice(cutText(text, most).length)],
          [cutTextStart(text, most), text.slice(0, text.length - cutTextStart(text, most).length)],
        ] as const) {
          expect(cut.length).toBeLessThanOrEqual(most);
          expect([cut + rest, rest + cut]).toContain(text);
          if (text.isWellFormed()) expect(cut.isWellFormed()).toBe(true);
        }
        const first = graphemes(text)[0]?.length ?? 0;
        const whole = graphemes(cutText(text, most));
        if (first <= most && graphemes(text).every(({ length }) => length < 64))
          expect(whole).toEqual(graphemes(text).slice(0, whole.length));
      }),
    );
  });

  it('is complete when it is cut into pieces', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 40 }), (text, most) => {
        const pieces = [...piecesOf(text, most)];
        expect(pieces.join('')).toBe(text);
        expect(pieces.every(({ length }) => length <= most)).toBe(true);
        if (text.isWellFormed()) expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
      }),
    );
  });
});
