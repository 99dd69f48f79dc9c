import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Folders without sources. */
const IGNORED = new Set(['node_modules', 'dist', 'coverage', '.git', '.cache', 'data', 'tmp']);

/**
 * Lists the files at or below a path in a fixed order; empty when the path does not exist.
 *
 * @param {string} path
 * @returns {string[]}
 */
export function filesUnder(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat ? [path] : [];
  return readdirSync(path)
    .filter((name) => !IGNORED.has(name))
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
}
