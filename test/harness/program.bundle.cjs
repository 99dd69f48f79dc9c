// Runs a program from one file with all that it imports, and with V8's compiled code: 2,700 modules take a process four
// times as long to load. The file is made by bundle.build.cjs when a source has changed.
const { spawnSync } = require('node:child_process');
const { readFileSync, statSync } = require('node:fs');
const { join, relative } = require('node:path');
const { Module } = require('node:module');
const { Script } = require('node:vm');

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, '.cache/test/bundles');
const BUILD = join(__dirname, 'bundle.build.cjs');

/** The name of a program's files in the cache. */
const nameOf = (program) => relative(ROOT, program).replace(/[\\/]/g, '.');

/** The version of a file; undefined when there is none. */
function versionOf(path) {
  const { mtimeMs, size } = statSync(join(ROOT, path), { throwIfNoEntry: false }) ?? {};
  return mtimeMs === undefined ? undefined : `${mtimeMs} ${size}`;
}

/** The path of a program's bundle if it was made from the present sources. */
function freshBundle(program) {
  try {
    const { file, sources } = JSON.parse(readFileSync(join(FOLDER, `${nameOf(program)}.json`), 'utf8'));
    return Object.entries(sources).every(([path, version]) => versionOf(path) === version)
      ? join(FOLDER, file)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the path of a program's bundle, and makes it first if need be; undefined when that fails. */
function bundleOf(program) {
  const fresh = freshBundle(program);
  if (fresh) return fresh;
  spawnSync(process.execPath, [BUILD, program], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  return freshBundle(program);
}

/** Compiles a bundle, with V8's code from an earlier time if there is any and V8 accepts it. */
function scriptOf(bundle) {
  const source = Module.wrap(readFileSync(bundle, 'latin1'));
  return new Script(source, { filename: bundle, cachedData: read(cacheOf(bundle)) });
}

/** Runs a compiled bundle as the module of its program. */
function runScript(script, bundle, module) {
  script.runInThisContext()(module.exports, Module.createRequire(bundle), module, bundle, FOLDER);
}

/** Where V8's code of a bundle is. */
const cacheOf = (bundle) => bundle.replace(/cjs$/, 'v8');

function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

module.exports = { FOLDER, ROOT, bundleOf, cacheOf, nameOf, runScript, scriptOf, versionOf };
