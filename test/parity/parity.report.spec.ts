import { readOptions, type ParityOptions } from './parity.options.js';
import type { CostPair } from './parity.cost.js';
import { costFaults, costReport, ratioOf } from './parity.report.js';

const COUNTS = { delivered: 1000, p50: 1, matched: 5, mismatches: 0 };
const pair = (without: number, withShadow: number, counts: Partial<typeof COUNTS> = {}): CostPair => ({
  without: { ...COUNTS, p99: without },
  with: { ...COUNTS, ...counts, p99: withShadow },
});
const PAIRS = [pair(10, 11), pair(10, 10.2), pair(20, 20.2), pair(10, 9), pair(10, 10.4), pair(10, 10.3), pair(10, 30)];
const options = readOptions([]) as ParityOptions;

it('the cost is the median of the ratios of pairs, with the interval of all of them', () => {
  const { ratios, median, interval, confidence } = ratioOf(PAIRS, 'p99');
  expect(ratios).toEqual([0.9, 1.01, 1.02, 1.03, 1.04, 1.1, 3]);
  expect({ median, interval }).toEqual({ median: 1.03, interval: [0.9, 3] });
  expect(confidence).toBeCloseTo(98.44, 2);
});

it('the cost is too high from the target on, and when clients differ or did not compare', () => {
  const costs = (...pairs: CostPair[]) => costFaults(pairs, { ...options, pairs: 2 });
  expect(costFaults(PAIRS, options)).toEqual([]);
  expect(costs(pair(10, 10.5), pair(10, 10.5))).toEqual(['the median of the ratios is 1.050, not below 1.05']);
  expect(costs(pair(10, 10), pair(10, 10, { matched: 0 }))).toEqual(['no client has compared in a measurement']);
  expect(costs(pair(10, 10), pair(10, 10, { mismatches: 2 }))).toEqual(['comparing clients found 2 false alarms']);
  expect(costs(pair(10, 10))).toEqual(['only 1 of 2 pairs were measured']);
});

it('the report says when other pairs could differ from the median', () => {
  const note = (...pairs: CostPair[]) =>
    costReport(pairs, { ...options, pairs: 2 }).filter((line) => /^NOTE/.test(line));
  expect(note(pair(10, 10), pair(10, 10.4))).toEqual([]);
  expect(note(pair(10, 9), pair(10, 11))).toEqual([
    expect.stringContaining('the interval of the p99 goes beyond 1.05'),
  ]);
});
