import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildClient, buildPackages } from '../../scripts/build/packages.mjs';
import { ROOT } from '../../scripts/process/project.mjs';
import buildConsole from '../browser/console.setup.mjs';

/** @type {{ bundleOf(program: string): string | undefined }} */
const { bundleOf } = createRequire(import.meta.url)('./program.bundle.cjs');

/**
 * Builds what tests use as users do: the console for the browser tests, the client for the command line, and the packages.
 *
 * @param {Parameters<typeof buildConsole>[0]} run Jest's arguments
 */
export default async function buildPrograms(run) {
  // In a run of some files, the first process of the application does this; here several would start at once.
  if (run.testPathPatterns.patterns.length === 0) bundleOf(join(ROOT, 'src/main.ts'));
  await Promise.all([buildConsole(run), buildLibraries(run)]);
}

/** @param {Parameters<typeof buildConsole>[0]} run */
async function buildLibraries({ testPathPatterns: { patterns } }) {
  // Types take ten times as long, and only the tests of the packages read them.
  if (patterns.length > 0 && !patterns.some((pattern) => pattern.includes('packages'))) return buildClient();
  const code = await buildPackages();
  if (code) throw new Error('unable to test the packages; they do not build');
}
