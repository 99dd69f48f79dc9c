import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from '../process/project.mjs';
import { download, packageVersion, unpack } from './apt.mjs';

/** @typedef {import('./tool.mjs').Tool} Tool */

const TOOLS_FOLDER = join(CACHE, 'tools');
/** @param {Tool} tool */
const noteOf = ({ distributionPackage }) => join(TOOLS_FOLDER, `${distributionPackage}.path`);

/**
 * The folders below `root` that hold shared libraries.
 *
 * @param {string} root
 * @returns {string[]}
 */
function libraryFolders(root) {
  if (!existsSync(root)) return [];
  const entries = readdirSync(root, { withFileTypes: true });
  const below = entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => libraryFolders(join(root, name)));
  return entries.some(({ name }) => /\.so(\.|$)/.test(name)) ? [root, ...below] : below;
}

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Writes a launcher that runs a program with the libraries and fonts that came with it.
 *
 * @param {string} folder
 * @param {string} program
 */
function writeLauncher(folder, program) {
  const root = join(folder, 'root');
  const libraries = ['usr/lib', 'lib'].flatMap((path) => libraryFolders(join(root, path)));
  const lines = [`export LD_LIBRARY_PATH=${quoted(libraries.join(':'))}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}`];
  // Only a system without fonts of its own has them among what was fetched.
  if (existsSync(join(root, 'etc/fonts/fonts.conf'))) {
    const fonts = join(folder, 'fonts.conf');
    const dirs = [join(root, 'usr/share/fonts'), '/usr/share/fonts'].map((dir) => `<dir>${dir}</dir>`).join('');
    writeFileSync(
      fonts,
      `<?xml version="1.0"?><fontconfig>${dirs}<cachedir>${folder}/font-cache</cachedir></fontconfig>\n`,
    );
    lines.push(`export FONTCONFIG_FILE=${quoted(fonts)}`);
  }
  const launcher = join(folder, 'run');
  writeFileSync(launcher, ['#!/bin/sh', ...lines, `exec ${quoted(program)} "$@"`, ''].join('\n'), { mode: 0o755 });
  return launcher;
}

/**
 * The tool as it was fetched by an earlier run.
 *
 * @param {Tool} tool
 */
export function fetchedTool(tool) {
  const note = noteOf(tool);
  return existsSync(note) ? join(TOOLS_FOLDER, readFileSync(note, 'utf8'), 'run') : undefined;
}

/**
 * Fetches a tool from the distribution into the cache folder, without touching the system.
 *
 * @param {Tool} tool
 * @returns {Promise<string>} its launcher
 */
export async function fetchTool(tool) {
  const version = await packageVersion(tool.distributionPackage).catch((/** @type {Error} */ error) => {
    throw new Error(`unable to fetch ${tool.name}: ${error.message}; ${tool.install} or set ${tool.variable}`);
  });
  const name = `${tool.distributionPackage}-${version.replaceAll(/[^\w.+~-]/g, '_')}`;
  const folder = join(TOOLS_FOLDER, name);
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  try {
    const archives = await download(tool.distributionPackage, join(unfinished, 'download'));
    await unpack(archives, join(unfinished, 'root'));
    rmSync(join(unfinished, 'download'), { recursive: true });
    if (!existsSync(join(unfinished, 'root', tool.inPackage))) {
      throw new Error(`the package ${tool.distributionPackage} holds no ${tool.inPackage}`);
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    const { message } = /** @type {Error} */ (error);
    throw new Error(`unable to fetch ${tool.name}: ${message}; ${tool.install} or set ${tool.variable}`, {
      cause: error,
    });
  }
  const launcher = writeLauncher(folder, join(folder, 'root', tool.inPackage));
  writeFileSync(noteOf(tool), name);
  return launcher;
}
