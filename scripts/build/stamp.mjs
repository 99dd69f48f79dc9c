import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { filesUnder } from '../process/files.mjs';
import { ROOT } from '../process/project.mjs';
import { PARITY } from './client.mjs';

const STAMP = join(ROOT, 'dist', '.stamp');
/** The built server program. */
export const PROGRAM = join(ROOT, 'dist', 'src', 'main.js');
/** The console's page; without it no console is built. */
export const PAGE = join(ROOT, 'web', 'index.html');
const BUILT_PAGE = join(ROOT, 'web', 'dist', 'index.html');
/** The inputs of a build; other files may change without a new build. */
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

const isBuilt = () =>
  [STAMP, PROGRAM, PARITY].every((file) => existsSync(file)) && (!existsSync(PAGE) || existsSync(BUILT_PAGE));

/** Tells whether server, client and console were built from the current sources. */
export const isFresh = () => isBuilt() && readFileSync(STAMP, 'utf8') === currentStamp();

/** Computes the stamp of the current sources. */
export const currentStamp = () => hashOf(BUILT_FROM, isTest);

/**
 * Marks `dist` as built; call it last, so that an interrupted build has no stamp.
 *
 * @param {string} stamp computed before the build, so that an edit during the build causes another one
 */
export const writeStamp = (stamp) => writeFileSync(STAMP, stamp);
