import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { filesUnder } from '../process/files.mjs';
import { ROOT } from '../process/project.mjs';

const STAMP = join(ROOT, 'dist', '.stamp');
/** The program that a build makes. */
export const PROGRAM = join(ROOT, 'dist', 'src', 'main.js');
/** The console's page; there is none to build when it is missing. */
export const PAGE = join(ROOT, 'web', 'index.html');
const BUILT_PAGE = join(ROOT, 'web', 'dist', 'index.html');
/** What goes into a build; everything else may change without one. */
const BUILT_FROM = [
  'src',
  'libs',
  'web',
  'nest-cli.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
const isTest = (/** @type {string} */ path) => /\.(spec|e2e-spec|test-d|test)\.tsx?$/.test(path);

/**
 * One hash over the names and contents of files and folders of the repository.
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

const isBuilt = () =>
  [STAMP, PROGRAM].every((file) => existsSync(file)) && (!existsSync(PAGE) || existsSync(BUILT_PAGE));

/** Whether server and console were built from exactly what is in the folder now. */
export const isFresh = () => isBuilt() && readFileSync(STAMP, 'utf8') === currentStamp();

/** The stamp that a build of what is in the folder now gets. */
export const currentStamp = () => hashOf(BUILT_FROM, isTest);

/**
 * Marks `dist` as built; call it last, a build that was cut short has no stamp.
 *
 * @param {string} stamp taken before the build began, so an edit made meanwhile leads to another build
 */
export const writeStamp = (stamp) => writeFileSync(STAMP, stamp);
