import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from '../process/project.mjs';
import { run } from '../process/run.mjs';
import { PUBLISHED } from './package.list.mjs';
import { buildPackages } from './packages.mjs';

/**
 * A packed package.
 *
 * @typedef {object} Tarball
 * @property {string} name
 * @property {string} path of the tarball
 * @property {readonly string[]} files in it, without the folder `package/`
 */

/**
 * Packs all published packages as `npm publish` would, and builds them before if their sources are newer.
 *
 * @param {string} into a folder, made if there is none
 * @returns {Promise<readonly Tarball[]>} in the order of their dependencies, the contract first
 * @throws Error when a package cannot be built or packed
 */
export async function packAll(into) {
  if (await buildPackages()) throw new Error('unable to pack; the packages do not build');
  const target = resolve(into);
  mkdirSync(target, { recursive: true });
  const folders = PUBLISHED.map(({ folder }) => `./${folder}`);
  const args = ['pack', ...folders, '--json', '--ignore-scripts', '--silent', '--pack-destination', target];
  const { code, output } = await run('npm', args, { capture: true, env: outsideNpm() });
  if (code) throw new Error(`unable to pack; npm pack ended with ${code}: ${output}`);
  /** @type {{ name: string, filename: string, files: { path: string }[] }[]} */
  const packed = JSON.parse(output.slice(output.indexOf('[')));
  return packed.map(({ name, filename, files }) => ({
    name,
    path: join(target, filename.replace('@', '').replace('/', '-')),
    files: files.map(({ path }) => path).sort(),
  }));
}

/** The environment without the settings that an npm above passes on, such as another folder to work in. */
function outsideNpm() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_')));
}
