/**
 * One thing that `npm run check` looks at; `run` prints what is wrong and tells whether all is well.
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {string} about what it looks at, in half a line
 * @property {boolean} [slow] left out by --fast
 * @property {() => Promise<boolean>} run
 */

export {};
