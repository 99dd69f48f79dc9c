// Makes node run the application from its sources, `node -r test/harness/typescript.cjs src/main.ts`, so that test
// processes run the current code without a build. Many processes start: a program is put into one file with all that it
// imports, and compiled files are kept in .cache.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { bundleOf, runScript, scriptOf } = require('./program.bundle.cjs');

const ROOT = join(__dirname, '../..');
const CACHE = join(ROOT, '.cache/test/compiled');
const ENTRIES = [
  [/^@switchyard\/(contract|server|client|store-lmdb|store-redis)$/, 'libs/$1/src/index.ts'],
  [/^@switchyard\/client\/parity$/, 'libs/client/src/parity/index.ts'],
  [/^@switchyard\/server\/store$/, 'libs/server/src/store.entry.ts'],
  [/^@switchyard\/services$/, 'libs/services/index.ts'],
  [/^@switchyard\/services\/(.+?)(?:\.js)?$/, 'libs/services/$1.ts'],
];
const COMPILER = readFileSync(__filename, 'utf8') + readFileSync(require.resolve('@swc/core/package.json'), 'utf8');

/** Resolves our modules to their sources; other names stay unchanged. */
function sourceOf(name) {
  const [pattern, file] = ENTRIES.find(([pattern]) => pattern.test(name)) ?? [];
  if (pattern) return join(ROOT, name.replace(pattern, file));
  return name.startsWith('.') ? name.replace(/\.js$/, '') : name;
}

function compile(source, filename) {
  // Loading the compiler is slow too.
  const { transformSync } = require('@swc/core');
  const { code } = transformSync(source, {
    filename,
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      keepClassNames: true,
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
    swcrc: false,
  });
  const requires = /\brequire\("([^"]+)"\)/g;
  return code.replace(requires, (_, name) => `require(${JSON.stringify(sourceOf(name))})`);
}

/** Returns the compiled file from the cache, or compiles it. */
function compiled(filename) {
  const source = readFileSync(filename, 'utf8');
  const hash = createHash('sha256').update(`${COMPILER}\0${filename}\0${source}`).digest('hex');
  const path = join(CACHE, `${hash}.cjs`);
  try {
    return readFileSync(path, 'utf8');
  } catch {
    const code = compile(source, filename);
    store(path, code);
    return code;
  }
}

function store(path, code) {
  try {
    mkdirSync(CACHE, { recursive: true });
    // Another process may read the file now.
    writeFileSync(`${path}.${process.pid}`, code);
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // The cache cannot be written; the next process compiles again.
  }
}

require.extensions['.ts'] = (module, filename) => {
  // Node gives the program's own module this id.
  const bundle = module.id === '.' ? bundleOf(filename) : undefined;
  if (bundle) runScript(scriptOf(bundle), bundle, module);
  else module._compile(compiled(filename), filename);
};

module.exports = { compiled };
