import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashOf } from '../build/source.hash.mjs';
import { CACHE } from '../process/project.mjs';

/**
 * The result of the last run of all tests with coverage.
 *
 * @typedef {object} TestRecord
 * @property {string} tree the hash of what was tested
 * @property {number} code the exit code
 * @property {number} passed
 * @property {number} failed failed tests, and files that could not be run
 */

/** Jest's JSON results of the last run. */
export const RESULTS = join(CACHE, 'test', 'results.json');
/** The coverage folder of the last run of all tests. */
export const COVERAGE = join(CACHE, 'test', 'coverage');
const RECORD = join(CACHE, 'test', 'record.json');
const TESTED = [
  'src', 'libs', 'test', 'web', 'migration', 'scripts',
  'package.json', 'package-lock.json', 'jest.config.cjs', 'tsconfig.json',
]; // prettier-ignore

/** Hashes everything that test results depend on. */
export const testedTree = () => hashOf(TESTED);

/** Deletes the results of the last run. */
export function forgetRun() {
  for (const path of [RESULTS, RECORD, COVERAGE]) rmSync(path, { recursive: true, force: true });
}

/**
 * Records the result of a run.
 *
 * @param {string} tree computed before the run
 * @param {number} code
 */
export function recordRun(tree, code) {
  /** @type {{ numPassedTests?: number, numFailedTests?: number, numRuntimeErrorTestSuites?: number }} */
  const results = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {};
  const failed = (results.numFailedTests ?? 0) + (results.numRuntimeErrorTestSuites ?? 0);
  /** @type {TestRecord} */
  const record = { tree, code, passed: results.numPassedTests ?? 0, failed: code ? Math.max(failed, 1) : failed };
  mkdirSync(dirname(RECORD), { recursive: true });
  writeFileSync(RECORD, JSON.stringify(record));
}

/** @returns {TestRecord | undefined} the last run of all tests with coverage */
export const lastRun = () => (existsSync(RECORD) ? JSON.parse(readFileSync(RECORD, 'utf8')) : undefined);
