import { binomialTest } from './binomial.js';

describe('the binomial test', () => {
  // From sums of exact fractions.
  it.each([
    [3, 10, 0.5, 0.34375],
    [0, 10, 0.5, 0.001953125],
    [20, 200, 0.2, 0.00021185954818515794],
    [60, 200, 0.2, 0.000995389710710747],
    [7, 200, 0.01, 0.008591084657703139],
    [573, 4096, 0.2, 1.3052461967726734e-23],
    [2200, 4096, 0.5, 2.1750323110589327e-6],
    [0, 4096, 0.01, 2.647201908329046e-18],
  ])('gives %d of %d at %d the probability %d', (hits, trials, share, probability) => {
    expect(Math.abs(binomialTest(hits, trials, share) / probability - 1)).toBeLessThan(1e-9);
  });

  it('gives what is expected the probability 1, and what is impossible 0', () => {
    expect(binomialTest(41, 4096, 0.01)).toBe(1);
    expect([binomialTest(0, 9, 0), binomialTest(9, 9, 1)]).toEqual([1, 1]);
    expect([binomialTest(1, 9, 0), binomialTest(8, 9, 1)]).toEqual([0, 0]);
  });
});
