import { createRequire } from 'node:module';

const fromJest = createRequire(createRequire(import.meta.url).resolve('jest'));
const { default: Sequencer } = createRequire(fromJest.resolve('@jest/core'))('@jest/test-sequencer');

/**
 * Whether Jest knows no earlier duration of a file that runs a shared suite.
 *
 * @param {{ path: string, duration?: number }} test
 */
const isUnknownSuite = ({ path, duration }) => duration === undefined && path.includes('/test/conformance/');

/**
 * Starts the conformance files first in a run without earlier durations, as in CI. Jest starts large files first then,
 * and these files are small, so that the longest ones would run alone at the end.
 */
export default class SuitesFirstSequencer extends Sequencer {
  /** @param {{ path: string, duration?: number }[]} tests */
  sort(tests) {
    /** @type {{ path: string, duration?: number }[]} */
    const sorted = super.sort(tests);
    return [...sorted.filter(isUnknownSuite), ...sorted.filter((test) => !isUnknownSuite(test))];
  }
}
