import fc from 'fast-check';
import { joinKey, keyPart, textOfKeyPart } from './key.parts.js';

/** Texts of characters that have a meaning in some key, or are invalid in UTF-8. */
const character = fc.constantFrom(
  'u',
  'x',
  '|',
  ':',
  ' ',
  '\n',
  '\0',
  '\u001a',
  '\ud800',
  '\udfff',
  '\ufffd',
  '😀',
  '%',
  '001a',
  '007c',
);
const text = fc.array(character, { maxLength: 5 }).map((characters) => characters.join(''));
const stored = (key: string) => Buffer.from(key).toString('hex');

describe('a key', () => {
  it('differs when its parts differ, also as UTF-8', () => {
    const tuple = fc.integer({ min: 1, max: 3 }).chain((length) => {
      const parts = fc.array(text, { minLength: length, maxLength: length });
      return fc.tuple(parts, parts, fc.constantFrom('|', ':', ' '));
    });
    fc.assert(
      fc.property(tuple, ([some, others, separator]) => {
        const isSame = JSON.stringify(some) === JSON.stringify(others);
        expect(stored(joinKey(separator, ...some)) === stored(joinKey(separator, ...others))).toBe(isSame);
      }),
      { numRuns: 5000 },
    );
  });

  it('gives back its parts', () => {
    fc.assert(fc.property(text, (one) => expect(textOfKeyPart(Buffer.from(keyPart(one)).toString())).toBe(one)));
  });

  it('is unchanged for ordinary parts', () => {
    expect(joinKey('|', 'user:ann@example.org', 'a1-b2 |…%é😀')).toBe('user:ann@example.org|a1-b2 |…%é😀');
  });
});
