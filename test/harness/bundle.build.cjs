// Puts a program into one file with all that it imports: `node test/harness/bundle.build.cjs src/main.ts`.
const { createHash } = require('node:crypto');
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { Module } = require('node:module');
const { dirname, join, relative, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');
const { build } = require('esbuild');
const { FOLDER, ROOT, cacheOf, nameOf, runScript, scriptOf, versionOf } = require('./program.bundle.cjs');
const { compiled } = require('./typescript.cjs');

/** A bundle is old when one of these changes, or one of our modules in it. */
const ALWAYS = [
  'package-lock.json',
  'test/harness/bundle.build.cjs',
  'test/harness/program.bundle.cjs',
  'test/harness/typescript.cjs',
];
/** Native code, and what Nest asks for and we do not have. */
const EXTERNAL = [
  'lmdb', 'msgpackr-extract', 'bufferutil', 'utf-8-validate',
  '@nestjs/microservices', '@nestjs/microservices/*', '@nestjs/platform-fastify',
]; // prettier-ignore

/** Writes the place of a module's own file into its code. */
const inPlace = (code, path) =>
  code
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
    .replace(/\b__dirname\b/g, JSON.stringify(dirname(path)))
    .replace(/\b__filename\b/g, JSON.stringify(path));

const modules = (sources) => ({
  name: 'modules',
  setup({ onLoad, onResolve }) {
    // A fault that a test preloads changes the `ws` of our own modules.
    const isOurs = ({ importer }) => !importer.includes('/node_modules/');
    onResolve({ filter: /^ws$/ }, (from) => (isOurs(from) ? { path: 'ws', external: true } : undefined));
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      // Before the file is read: a later change makes another bundle.
      const name = relative(ROOT, path);
      sources[name] = versionOf(name);
      // As without a bundle, because esbuild does not emit the types that decorators need.
      return { contents: inPlace(compiled(path), path), loader: 'js' };
    });
    onLoad({ filter: /\.[cm]?js$/ }, ({ path }) => ({
      contents: inPlace(readFileSync(path, 'utf8'), path),
      loader: 'js',
    }));
  },
});

async function bundle(program) {
  const sources = Object.fromEntries(ALWAYS.map((path) => [path, versionOf(path)]));
  const { outputFiles } = await build({
    entryPoints: [program],
    absWorkingDir: ROOT,
    outfile: join(FOLDER, `${nameOf(program)}.cjs`),
    external: EXTERNAL,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    bundle: true,
    keepNames: true,
    legalComments: 'none',
    write: false,
    logLevel: 'error',
    plugins: [modules(sources)],
  });
  const [{ contents }] = outputFiles;
  const file = `${nameOf(program)}.${createHash('sha256').update(contents).digest('hex').slice(0, 16)}.cjs`;
  mkdirSync(FOLDER, { recursive: true });
  removeOthers(program, file);
  store(join(FOLDER, file), contents);
  store(join(FOLDER, `${nameOf(program)}.json`), JSON.stringify({ file, sources }));
  return join(FOLDER, file);
}

/** Removes the earlier bundles of a program. */
function removeOthers(program, file) {
  const [name, kept] = [nameOf(program), file.replace(/cjs$/, '')];
  for (const old of readdirSync(FOLDER)) {
    if (old.startsWith(`${name}.`) && !old.startsWith(kept) && old !== `${name}.json`)
      rmSync(join(FOLDER, old), { force: true });
  }
}

/** Keeps V8's code of all that the program runs until it waits for the first time; it gets no further. */
function keepCode(bundle) {
  const script = scriptOf(bundle);
  // Without any effect: the server does not start with such a port, and the other programs show their help.
  process.env.PORT = 'none';
  process.argv.splice(2, Infinity, '--help');
  try {
    runScript(script, bundle, new Module(bundle));
  } catch {
    // It needs a parent process, for example.
  }
  store(cacheOf(bundle), script.createCachedData());
  process.exit();
}

/** Replaces a file of the cache at once, because another process may read it now. */
function store(path, content) {
  writeFileSync(`${path}.${process.pid}`, content);
  renameSync(`${path}.${process.pid}`, path);
}

void bundle(resolve(process.argv[2])).then(keepCode);
