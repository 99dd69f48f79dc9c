import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildParity } from '../../scripts/build/client.mjs';
import { ROOT } from '../../scripts/process/project.mjs';
import buildConsole from '../browser/console.setup.mjs';

/** @type {{ bundleOf(program: string): string | undefined }} */
const { bundleOf } = createRequire(import.meta.url)('./program.bundle.cjs');

/**
 * Builds what tests use as users do: the console for the browser tests, and the client for the command line.
 *
 * @param {Parameters<typeof buildConsole>[0]} run Jest's arguments
 */
export default async function buildPrograms(run) {
  // In a run of some files, the first process of the application does this; here several would start at once.
  if (run.testPathPatterns.patterns.length === 0) bundleOf(join(ROOT, 'src/main.ts'));
  await Promise.all([buildConsole(run), buildParity()]);
}
