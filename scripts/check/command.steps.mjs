import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, commandOf, ROOT } from '../process/project.mjs';
import { runNode } from '../process/run.mjs';

/** @typedef {import('./step.mjs').Step} Step */

/**
 * @param {string} name
 * @param {readonly string[]} args
 * @param {string} [command]
 */
const succeeds = async (name, args, command) => (await runNode([commandOf(name, { command }), ...args])).code === 0;

const PROJECTS = ['tsconfig.json', 'tsconfig.scripts.json', 'web/tsconfig.json'];
const CRUISED = ['libs', 'src', 'test', 'web', 'migration'];

/** @type {Step} */
export const format = {
  name: 'format',
  about: 'prettier',
  run: () =>
    succeeds('prettier', [
      '--check',
      '--log-level=warn',
      '--cache',
      `--cache-location=${join(CACHE, 'prettier')}`,
      '.',
    ]),
};

/** @type {Step} */
export const lint = {
  name: 'lint',
  about: 'type-aware eslint',
  run: () => succeeds('eslint', ['--max-warnings=0', '.']),
};

/** @type {Step} */
export const types = {
  name: 'types',
  about: 'tsc on all projects, including type tests and scripts',
  async run() {
    let passed = true;
    for (const project of PROJECTS.filter((file) => existsSync(join(ROOT, file)))) {
      passed = (await succeeds('typescript', ['--noEmit', '-p', project], 'tsc')) && passed;
    }
    return passed;
  },
};

/** @type {Step} */
export const dependencies = {
  name: 'deps',
  about: 'import rules and layers (.dependency-cruiser.cjs)',
  run: () =>
    succeeds(
      'dependency-cruiser',
      CRUISED.filter((folder) => existsSync(join(ROOT, folder))),
      'depcruise',
    ),
};

/** @type {Step} */
export const unused = {
  name: 'unused',
  about: 'unused files, exports and packages (knip)',
  run: () => succeeds('knip', ['--no-progress']),
};
