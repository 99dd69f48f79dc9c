import { buildParity } from '../../scripts/build/client.mjs';
import buildConsole from '../browser/console.setup.mjs';

/**
 * Builds what tests use as users do: the console for the browser tests, and the client for the command line.
 *
 * @param {Parameters<typeof buildConsole>[0]} run Jest's arguments
 */
export default async function buildPrograms(run) {
  await Promise.all([buildConsole(run), buildParity()]);
}
