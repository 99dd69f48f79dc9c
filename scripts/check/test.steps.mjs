import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTests } from '../test/jest.run.mjs';
import { COVERAGE, lastRun, testedTree } from '../test/record.mjs';

/** @typedef {import('./step.mjs').Step} Step */

/** The coverage thresholds in percent. @type {Readonly<Record<string, number>>} */
const MIN_PERCENT = { lines: 80, statements: 80, functions: 80, branches: 75 };
const SUMMARY = join(COVERAGE, 'coverage-summary.json');

/** @type {Step} */
export const tests = {
  name: 'tests',
  about: 'all tests with coverage; CI reuses the preceding run of npm test on the same tree',
  slow: true,
  async run() {
    const before = process.env.CI ? lastRun() : undefined;
    if (before?.tree === testedTree()) {
      console.log(`npm test has run on this tree: ${before.passed} passed, ${before.failed} failed`);
      return before.code === 0;
    }
    return (await runTests(['--coverage'])) === 0;
  },
};

/** @type {Step} */
export const coverage = {
  name: 'coverage',
  about: Object.entries(MIN_PERCENT)
    .map(([kind, percent]) => `${kind} ${percent} %`)
    .join(', '),
  slow: true,
  async run() {
    if (!existsSync(SUMMARY)) {
      console.error('unable to check the coverage; run the step tests first');
      return false;
    }
    /** @type {{ total: Record<string, { pct: number }> }} */
    const { total } = JSON.parse(readFileSync(SUMMARY, 'utf8'));
    const judged = Object.entries(MIN_PERCENT).map(([kind, min]) => ({ kind, min, actual: Number(total[kind]?.pct) }));
    console.log(judged.map(({ kind, actual }) => `${kind} ${actual} %`).join(', '));
    // A missing figure fails as well.
    const short = judged.filter(({ min, actual }) => !(actual >= min));
    for (const { kind, min, actual } of short) console.error(`${kind}: ${actual} % covered, ${min} % wanted`);
    return short.length === 0;
  },
};
