import { dependencies, format, lint, types, unused } from './command.steps.mjs';
import { packages } from './package.step.mjs';
import { picture } from './picture.step.mjs';
import { bundle, sizes } from './size.steps.mjs';
import { coverage, tests } from './test.steps.mjs';

/** @typedef {import('./step.mjs').Step} Step */

/**
 * All steps. The longest come first: they run side by side, and a long one that began last would run alone at the end.
 *
 * @type {readonly Step[]}
 */
export const STEPS = [lint, types, format, packages, dependencies, unused, picture, bundle, sizes, tests, coverage];
