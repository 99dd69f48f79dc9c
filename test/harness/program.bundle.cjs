// Runs a program from one file with all that it imports, and with V8's compiled code: 2,700 modules take a process four
// times as long to load. The file is made by bundle.build.cjs when a source has changed.
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');
const { join, relative } = require('node:path');
const { Module } = require('node:module');
const { Script } = require('node:vm');

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, '.cache/test/bundles');
const BUILD = join(__dirname, 'bundle.build.cjs');
/** V8 has compiled most of what a start needs by then, in milliseconds. */
const STARTED_MS = 3000;

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

/** Runs a bundle as the module of its program. */
function runBundle(bundle, module) {
  const code = readFileSync(bundle, 'latin1');
  // V8 refuses the code of other flags, such as the limit of the heap.
  const flags = createHash('sha256')
    .update([process.version, ...process.execArgv].join(' '))
    .digest('hex');
  const cache = bundle.replace(/cjs$/, `${flags.slice(0, 8)}.v8`);
  const cachedData = read(cache);
  const script = new Script(Module.wrap(code), { filename: bundle, cachedData });
  if (!cachedData) setTimeout(() => store(cache, script.createCachedData()), STARTED_MS).unref();
  script.runInThisContext()(module.exports, Module.createRequire(bundle), module, bundle, FOLDER);
}

function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Replaces a file of the cache at once, because another process may read it now. */
function store(path, content) {
  try {
    writeFileSync(`${path}.${process.pid}`, content);
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // The cache cannot be written; the next process tries again.
  }
}

module.exports = { FOLDER, ROOT, bundleOf, nameOf, runBundle, store, versionOf };
