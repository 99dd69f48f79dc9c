import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { filesUnder } from '../process/files.mjs';
import { CACHE, commandOf, ROOT } from '../process/project.mjs';
import { runNode } from '../process/run.mjs';
import { COMPILED } from './package.list.mjs';
import { hashOf, isTest } from './source.hash.mjs';

/** @typedef {import('./package.list.mjs').Published} Published */
/** @typedef {import('./package.list.mjs').Form} Form */

const STAMP = join(CACHE, 'packages.stamp');
const INPUTS = [
  ...COMPILED.flatMap(({ folder }) => [`${folder}/package.json`, `${folder}/src`]),
  'package-lock.json',
  'scripts/build',
  'tsconfig.json',
  'tsconfig.packages.json',
];

/** Node keeps what it has loaded, so no folder is used twice. */
let builds = 0;

const stampNow = () => hashOf(INPUTS, isTest);
const distOf = (/** @type {Published} */ { folder }) => join(ROOT, folder, 'dist');

/** Tells whether the packages are compiled, from whatever sources. */
export const arePackagesBuilt = () => COMPILED.every((built) => existsSync(distOf(built)));

/** Tells whether the compiled packages are those of the current sources. */
const arePackagesFresh = () => arePackagesBuilt() && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stampNow();

/**
 * Compiles the packages that are not published as they are, with their types, unless that is done.
 *
 * @returns {Promise<number>} the exit code: 0 on success
 */
export async function buildPackages() {
  if (arePackagesFresh()) return 0;
  const stamp = stampNow();
  const types = join(CACHE, `types.${process.pid}`);
  try {
    const tsc = commandOf('typescript', { command: 'tsc' });
    const { code } = await runNode([tsc, '-p', 'tsconfig.packages.json', '--outDir', types]);
    if (code === 0) {
      await compile(COMPILED, types);
      writeFileSync(STAMP, stamp);
    }
    return code;
  } finally {
    rmSync(types, { recursive: true, force: true });
  }
}

/** Compiles what the command line loads, in a second and without types, unless the packages are fresh. */
export async function buildClient() {
  if (!arePackagesFresh()) await compile(COMPILED.filter(({ forms }) => forms.includes('esm')));
}

/**
 * @param {readonly Published[]} packages
 * @param {string} [types] the folder with their declarations
 */
async function compile(packages, types) {
  // Not at the top: a start without development packages needs no build.
  const { default: ts } = await import('typescript');
  rmSync(STAMP, { force: true });
  for (const built of packages) {
    const made = join(CACHE, `dist.${process.pid}.${(builds += 1)}`);
    for (const form of built.forms) {
      const out = built.forms.length > 1 ? join(made, form) : made;
      compileAs(form, built, out, ts);
      const declared = types && join(types, relative('libs', built.folder), 'src');
      if (declared) cpSync(declared, out, { recursive: true });
      if (out !== made) writeManifest(out, form, built);
    }
    if (built.name === '@switchyard/contract') writeNodeEntry(made, types !== undefined);
    replace(distOf(built), made);
  }
}

/**
 * @param {Form} form
 * @param {Published} built
 * @param {string} out
 * @param {import('typescript')} ts
 */
function compileAs(form, { folder }, out, ts) {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const module = form === 'esm' ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS;
  const compilerOptions = { ...options, module, sourceMap: false, declaration: false, incremental: false };
  const source = join(ROOT, folder, 'src');
  for (const file of filesUnder(source).filter((path) => path.endsWith('.ts') && !isTest(path))) {
    const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions, fileName: file });
    const target = join(out, relative(source, file)).replace(/\.ts$/, '.js');
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
}

/**
 * Tells Node and TypeScript what the `.js` files of a folder are. A page's bundler reads the nearest manifest only, so it
 * also says which files may be left out.
 *
 * @param {string} out
 * @param {Form} form
 * @param {Published} built
 */
function writeManifest(out, form, { folder }) {
  /** @type {{ sideEffects?: unknown }} */
  const { sideEffects } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  const manifest = { type: form === 'esm' ? 'module' : 'commonjs', sideEffects };
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest)}\n`);
}

/**
 * Writes the entry that `import` finds in Node: the CommonJS build, so that a process has one contract whichever way it is
 * loaded. Every name is listed, because a page's tools do not guess the names of CommonJS.
 *
 * @param {string} dist
 * @param {boolean} typed
 */
function writeNodeEntry(dist, typed) {
  const names = Object.keys(createRequire(import.meta.url)(join(dist, 'cjs/index.js')));
  const code = `import contract from './cjs/index.js';\n\nexport const {\n${names.map((name) => `  ${name},\n`).join('')}} = contract;\n`;
  writeFileSync(join(dist, 'node.mjs'), code);
  if (typed) writeFileSync(join(dist, 'node.d.mts'), "export * from './cjs/index.js';\n");
}

/** Puts a folder in the place of another one. @param {string} folder @param {string} by */
function replace(folder, by) {
  rmSync(folder, { recursive: true, force: true });
  renameSync(by, folder);
}
