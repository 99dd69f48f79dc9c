import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The folder for disposable files: fetched programs, caches, results of the last run. */
export const CACHE = join(ROOT, '.cache');

/**
 * Finds the JavaScript file of a package's command, which runs with node on every system, without a shell or .cmd shim.
 *
 * @param {string} name the package
 * @param {{ command?: string, from?: string }} [options] the command's name, and the folder that depends on the package
 */
export function commandOf(name, { command = name, from = ROOT } = {}) {
  const folder = [from, ROOT].map((base) => join(base, 'node_modules', name)).find((path) => existsSync(path));
  if (!folder) throw new Error(`unable to find ${name}; run npm ci`);
  /** @type {{ bin?: string | Record<string, string> }} */
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = typeof bin === 'string' ? bin : bin?.[command];
  if (!file) throw new Error(`unable to run ${command}; ${name} has no such command`);
  return join(folder, file);
}
