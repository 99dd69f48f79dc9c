import { binomialTail, fisherTail } from './exact.tail.js';

// Every expected value was computed with fractions of whole numbers, which are exact.
describe('the chance of a share', () => {
  it.each([
    [9, 200, 0.005, 9.738937175e-7],
    [11, 400, 0.005, 7.570077232e-6],
    [15, 400, 0.01, 1.725633712e-5],
    [20, 20, 0.3, 3.486784401e-11],
    [120, 2000, 0.05, 0.02508363004],
    [40, 2000, 0.01, 4.811531715e-5],
  ])('of at least %d in %d, each with %f, is %e', (count, of, p, expected) => {
    expect(binomialTail({ count, of }, p) / expected).toBeCloseTo(1, 8);
  });

  it.each([
    [20, 400, 2, 400, 4.965227917e-5],
    [20, 400, 0, 400, 7.475964406e-7],
    [5, 5, 0, 5, 0.003968253968],
    [60, 2000, 10, 2000, 2.92394372e-10],
  ])('of at least %d in %d beside %d in %d is %e when both have the same rate', (a, n, b, m, expected) => {
    expect(fisherTail({ count: a, of: n }, { count: b, of: m }) / expected).toBeCloseTo(1, 8);
  });

  it('is 1 for a share that is not greater than expected, and for nothing', () => {
    expect(binomialTail({ count: 1, of: 200 }, 0.005)).toBe(1);
    expect(binomialTail({ count: 0, of: 0 }, 0.005)).toBe(1);
    expect(fisherTail({ count: 1, of: 100 }, { count: 1, of: 100 })).toBe(1);
    expect(fisherTail({ count: 0, of: 0 }, { count: 0, of: 0 })).toBe(1);
  });

  it('is 0 for what cannot happen at all', () => {
    expect(binomialTail({ count: 1, of: 10 }, 0)).toBe(0);
  });
});
