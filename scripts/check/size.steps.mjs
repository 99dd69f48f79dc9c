import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { filesUnder } from '../process/files.mjs';
import { ROOT } from '../process/project.mjs';

/** @typedef {import('./step.mjs').Step} Step */

const MAX_BUNDLE_BYTES = 19 * 1024;
const MAX_FILE_LINES = 250;

/** @type {Step} */
export const bundle = {
  name: 'bundle',
  about: `size of the browser client, gzipped, without socket.io-client and rxjs: at most ${MAX_BUNDLE_BYTES / 1024} KB`,
  async run() {
    const { outputFiles } = await build({
      entryPoints: [join(ROOT, 'libs/client/src/index.ts')],
      tsconfig: join(ROOT, 'tsconfig.json'),
      external: ['socket.io-client', 'rxjs'],
      platform: 'browser',
      format: 'esm',
      target: 'es2022',
      bundle: true,
      minify: true,
      write: false,
    });
    const size = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
    console.log(`${(size / 1024).toFixed(1)} KB of ${MAX_BUNDLE_BYTES / 1024} KB`);
    return size <= MAX_BUNDLE_BYTES;
  },
};

const isImplementation = (/** @type {string} */ path) =>
  /\.(tsx?|mjs)$/.test(path) && !/\.(spec|e2e-spec|test-d|test)\.tsx?$/.test(path);

/** @type {Step} */
export const sizes = {
  name: 'sizes',
  about: `warns about files with more than ${MAX_FILE_LINES} lines`,
  async run() {
    const long = ['libs', 'src', 'web', 'migration', 'scripts', 'test']
      .flatMap((folder) => filesUnder(join(ROOT, folder)))
      .filter(isImplementation)
      .map((file) => ({ file: relative(ROOT, file), lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > MAX_FILE_LINES)
      .sort((a, b) => b.lines - a.lines);
    for (const { file, lines } of long) console.warn(`warning: ${file} has ${lines} lines`);
    return true;
  },
};
