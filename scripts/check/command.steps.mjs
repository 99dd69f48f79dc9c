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
  about: 'eslint with types',
  run: () => succeeds('eslint', ['--max-warnings=0', '.']),
};

/** @type {Step} */
export const types = {
  name: 'types',
  about: 'tsc over everything, type tests and scripts included',
  async run() {
    let well = true;
    for (const project of PROJECTS.filter((file) => existsSync(join(ROOT, file)))) {
      well = (await succeeds('typescript', ['--noEmit', '-p', project], 'tsc')) && well;
    }
    return well;
  },
};

/** @type {Step} */
export const dependencies = {
  name: 'deps',
  about: 'who may import whom (.dependency-cruiser.cjs)',
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
  about: 'files, exports and packages nobody uses (knip)',
  run: () => succeeds('knip', ['--no-progress']),
};
