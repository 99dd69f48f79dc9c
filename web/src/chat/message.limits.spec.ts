import { charactersLeft, MAX_CHARACTERS } from './message.limits.js';

describe('the number of characters left', () => {
  it('is shown near the limit only', () => {
    expect(charactersLeft('')).toBeUndefined();
    expect(charactersLeft('a'.repeat(MAX_CHARACTERS - 800))).toBeUndefined();
    expect(charactersLeft('a'.repeat(MAX_CHARACTERS - 799))).toBe(799);
    expect(charactersLeft('a'.repeat(MAX_CHARACTERS))).toBe(0);
  });

  it('counts the bytes of letters on the wire', () => {
    expect(charactersLeft('轨'.repeat(3100))).toBe(65);
    expect(charactersLeft('轨'.repeat(3200))).toBeLessThan(0);
  });
});
