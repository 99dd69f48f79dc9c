import fc from 'fast-check';
import { backOff } from './back-off.js';

describe('the wait before the next try', () => {
  it('doubles with each failed try, up to five minutes', () => {
    expect([1, 2, 3, 4, 20].map((failed) => backOff(1000, failed, () => 0.5))).toEqual([
      1000, 2000, 4000, 8000, 300_000,
    ]);
  });

  it('varies by at most a quarter, so that many clients do not try again at once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.double({ min: 0, max: 1, noNaN: true }), (failed, random) => {
        const even = 1000 * 2 ** (failed - 1);
        expect(Math.abs(backOff(1000, failed, () => random) - even)).toBeLessThanOrEqual(even / 4);
      }),
    );
  });
});
