/**
 * The options of a step; with `write`, a step writes what it would otherwise compare.
 *
 * @typedef {{ write?: boolean }} StepOptions
 */

/**
 * A step of `npm run check`; `run` prints the problems and returns whether the step passed.
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {string} about a description of half a line
 * @property {boolean} [slow] skipped by --fast
 * @property {(options?: StepOptions) => Promise<boolean>} run
 */

export {};
