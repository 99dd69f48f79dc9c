import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that hold nothing anybody wrote. */
const IGNORED = new Set(['node_modules', 'dist', 'coverage', '.git', '.cache', 'data', 'tmp']);

/**
 * Every file at or below a path, in a fixed order; none when there is nothing.
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
