import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { filesUnder } from '../process/files.mjs';
import { ROOT } from '../process/project.mjs';

/** @typedef {import('./step.mjs').Step} Step */

const MAX_BUNDLE_BYTES = 15 * 1024;
const ENTRY = 'libs/client/src/index.ts';
const LATER = 'libs/client/src/wires/later.code.ts';
const SHADOW = 'libs/client/src/parity/service.shadow.ts';
const MAX_FILE_LINES = 250;

/** @type {Step} */
export const bundle = {
  name: 'bundle',
  about: `size of the browser client at its start, gzipped, without socket.io-client and rxjs: at most ${MAX_BUNDLE_BYTES / 1024} KB`,
  async run() {
    /** @satisfies {import('esbuild').BuildOptions} */
    const options = {
      entryPoints: [join(ROOT, ENTRY)],
      tsconfig: join(ROOT, 'tsconfig.json'),
      external: ['socket.io-client', 'rxjs'],
      platform: 'browser',
      format: 'esm',
      target: 'es2022',
      bundle: true,
      outdir: ROOT,
      absWorkingDir: ROOT,
      minify: true,
      metafile: true,
      write: false,
    };
    const { outputFiles, metafile } = await build({ ...options, splitting: true });
    const inOneFile = gzipSync((await build(options)).outputFiles[0]?.contents ?? '').length;
    // Compressed together, as a page's bundler puts what is loaded together into one file.
    const size = (/** @type {(file: string) => boolean} */ isPart) => {
      const parts = outputFiles.filter(({ path }) => isPart(relative(ROOT, path)));
      return gzipSync(Buffer.concat(parts.map(({ contents }) => contents))).length;
    };
    const { outputs } = metafile;
    const entry = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === ENTRY) ?? '';
    const atStart = loadedWith(entry, outputs);
    const started = size((file) => atStart.has(file));
    const afterStart = (/** @type {string} */ source) => {
      const loaded = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === source) ?? '';
      return kb(size((file) => loadedWith(loaded, outputs).has(file) && !atStart.has(file)));
    };
    console.log(
      `${kb(started)} of ${MAX_BUNDLE_BYTES / 1024} KB at the start; ${afterStart(LATER)} KB once a service is reached; ` +
        `${afterStart(SHADOW)} KB when two wires are compared; ${kb(inOneFile)} KB where all is in one file`,
    );
    return entry !== '' && started <= MAX_BUNDLE_BYTES;
  },
};

/**
 * The files that a file loads at once, itself included; a dynamic import is loaded later.
 *
 * @param {string} file
 * @param {import('esbuild').Metafile['outputs']} outputs
 * @param {Set<string>} found
 * @returns {Set<string>}
 */
function loadedWith(file, outputs, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const { kind, path } of outputs[file]?.imports ?? []) {
    if (kind === 'import-statement' && outputs[path]) loadedWith(path, outputs, found);
  }
  return found;
}

const kb = (/** @type {number} */ bytes) => (bytes / 1024).toFixed(1);

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
