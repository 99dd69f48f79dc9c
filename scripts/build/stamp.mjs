import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../process/project.mjs';
import { arePackagesBuilt } from './packages.mjs';
import { hashOf, isTest } from './source.hash.mjs';

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

const isBuilt = () =>
  [STAMP, PROGRAM].every((file) => existsSync(file)) &&
  (!existsSync(PAGE) || existsSync(BUILT_PAGE)) &&
  arePackagesBuilt();

/** Tells whether server, packages and console were built from the current sources. */
export const isFresh = () => isBuilt() && readFileSync(STAMP, 'utf8') === currentStamp();

/** Computes the stamp of the current sources. */
export const currentStamp = () => hashOf(BUILT_FROM, isTest);

/**
 * Marks `dist` as built; call it last, so that an interrupted build has no stamp.
 *
 * @param {string} stamp computed before the build, so that an edit during the build causes another one
 */
export const writeStamp = (stamp) => writeFileSync(STAMP, stamp);
