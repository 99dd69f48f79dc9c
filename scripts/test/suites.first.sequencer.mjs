import { createRequire } from 'node:module';

const fromJest = createRequire(createRequire(import.meta.url).resolve('jest'));
const { default: Sequencer } = createRequire(fromJest.resolve('@jest/core'))('@jest/test-sequencer');

/** The folders of small files that take long: they run a shared suite, or a whole program. */
const LONG = /\/test\/(conformance|adopter|bad-night|cutover|parity)\//;

/**
 * Whether a file takes longer than its size says, and Jest knows no earlier duration of it.
 *
 * @param {{ path: string, duration?: number }} test
 */
const isUnknownLong = ({ path, duration }) => duration === undefined && LONG.test(path);

/**
 * Starts such files first in a run without earlier durations, as in CI. Jest starts large files first then, so that the
 * longest ones would run alone at the end.
 */
export default class SuitesFirstSequencer extends Sequencer {
  /** @param {{ path: string, duration?: number }[]} tests */
  sort(tests) {
    /** @type {{ path: string, duration?: number }[]} */
    const sorted = super.sort(tests);
    return [...sorted.filter(isUnknownLong), ...sorted.filter((test) => !isUnknownLong(test))];
  }
}
