import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { filesUnder } from '../process/files.mjs';
import { ROOT } from '../process/project.mjs';

/** Whether a file is a test, which no build needs. @param {string} path */
export const isTest = (path) => /\.(spec|e2e-spec|test-d|test)\.tsx?$/.test(path);

/**
 * Hashes the names and contents of files and folders of the repository.
 *
 * @param {readonly string[]} paths relative to the repository
 * @param {(path: string) => boolean} [without] files to leave out
 */
export function hashOf(paths, without = () => false) {
  const hash = createHash('sha256').update(process.version);
  for (const file of paths.flatMap((path) => filesUnder(join(ROOT, path)))) {
    if (without(file)) continue;
    const content = readFileSync(file);
    hash.update(`\n${relative(ROOT, file).split(sep).join('/')} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}
