import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTests } from '../test/jest.run.mjs';
import { COVERAGE, lastRun, testedTree } from '../test/record.mjs';

/** @typedef {import('./step.mjs').Step} Step */

/** How much of the code tests run, in percent. @type {Readonly<Record<string, number>>} */
const LEAST = { lines: 80, statements: 80, functions: 80, branches: 75 };
const SUMMARY = join(COVERAGE, 'coverage-summary.json');

/** @type {Step} */
export const tests = {
  name: 'tests',
  about: 'every test, with coverage; in CI the run of npm test just before counts, if it was of the same tree',
  slow: true,
  async run() {
    const before = process.env.CI ? lastRun() : undefined;
    if (before?.tree === testedTree()) {
      console.log(`npm test ran just this: ${before.passed} passed, ${before.failed} failed`);
      return before.code === 0;
    }
    return (await runTests(['--coverage'])) === 0;
  },
};

/** @type {Step} */
export const coverage = {
  name: 'coverage',
  about: Object.entries(LEAST)
    .map(([kind, percent]) => `${kind} ${percent} %`)
    .join(', '),
  slow: true,
  async run() {
    if (!existsSync(SUMMARY)) {
      console.error('unable to judge coverage; run the step tests first');
      return false;
    }
    /** @type {{ total: Record<string, { pct: number }> }} */
    const { total } = JSON.parse(readFileSync(SUMMARY, 'utf8'));
    const judged = Object.entries(LEAST).map(([kind, least]) => ({ kind, least, is: Number(total[kind]?.pct) }));
    console.log(judged.map(({ kind, is }) => `${kind} ${is} %`).join(', '));
    // A figure that is not there is not enough either.
    const short = judged.filter(({ least, is }) => !(is >= least));
    for (const { kind, least, is } of short) console.error(`${kind}: ${is} % covered, ${least} % wanted`);
    return short.length === 0;
  },
};
