import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CACHE } from '../process/project.mjs';
import { download, packageVersion, unpack } from './apt.mjs';

/** @typedef {import('./tool.mjs').Tool} Tool */

const TOOLS_FOLDER = join(CACHE, 'tools');
/** @param {Tool} tool */
const noteOf = ({ distributionPackage }) => join(TOOLS_FOLDER, `${distributionPackage}.path`);

/**
 * Lists the folders below `root` that contain shared libraries.
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

/**
 * Writes a relocatable launcher that runs a program with its own libraries and fonts.
 *
 * @param {string} folder
 * @param {Tool} tool
 */
function writeLauncher(folder, { inPackage, pythonPath, commands }) {
  const program = join('root', inPackage);
  const libraries = ['root/usr/lib', 'root/lib']
    .flatMap((path) => libraryFolders(join(folder, path)))
    .map((path) => `$here/${relative(folder, path)}`);
  const lines = [
    'here=${0%/*}',
    `export LD_LIBRARY_PATH="${libraries.join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`,
  ];
  // Fonts are fetched only on a system without fonts.
  if (existsSync(join(folder, 'root/etc/fonts/fonts.conf'))) {
    const dirs = '<dir prefix="relative">root/usr/share/fonts</dir><dir>/usr/share/fonts</dir>';
    const cache = '<cachedir prefix="xdg">fontconfig</cachedir>';
    writeFileSync(join(folder, 'fonts.conf'), `<?xml version="1.0"?><fontconfig>${dirs}${cache}</fontconfig>\n`);
    lines.push('export FONTCONFIG_FILE="$here/fonts.conf"');
  }
  const isFetched = existsSync(join(folder, program));
  if (pythonPath) {
    lines.push(`export PYTHONPATH="$here/root/${pythonPath}"`);
    // Without it, Python looks for its own modules where the distribution would have installed it.
    if (isFetched) lines.push('export PYTHONHOME="$here/root/usr"');
  }
  const command = isFetched ? `"$here/${program}"` : commands[0];
  const text = ['#!/bin/sh', ...lines, `exec ${command} "$@"`, ''].join('\n');
  writeFileSync(join(folder, 'run'), text, { mode: 0o755 });
}

/**
 * Returns the launcher of a tool that an earlier run fetched.
 *
 * @param {Tool} tool
 */
export function fetchedTool(tool) {
  const note = noteOf(tool);
  return existsSync(note) ? join(TOOLS_FOLDER, readFileSync(note, 'utf8'), 'run') : undefined;
}

/**
 * Fetches a tool from the distribution into the cache folder without changing the system.
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
  const unfinished = `${folder}.${process.pid}.new`;
  const replaced = `${folder}.${process.pid}.old`;
  mkdirSync(unfinished, { recursive: true });
  try {
    const archives = await download(tool.distributionPackage, join(unfinished, 'download'));
    await unpack(archives, join(unfinished, 'root'));
    rmSync(join(unfinished, 'download'), { recursive: true });
    const expected = [tool.inPackage, ...(tool.pythonPath ? [tool.pythonPath] : [])];
    if (!expected.some((path) => existsSync(join(unfinished, 'root', path)))) {
      throw new Error(`the package ${tool.distributionPackage} holds no ${expected.join(' and no ')}`);
    }
    writeLauncher(unfinished, tool);
    // Renaming whole folders keeps concurrent runs from seeing a partial one.
    if (existsSync(folder)) renameSync(folder, replaced);
    renameSync(unfinished, folder);
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    throw new Error(`unable to fetch ${tool.name}: ${message}; ${tool.install} or set ${tool.variable}`, {
      cause: error,
    });
  } finally {
    for (const path of [unfinished, replaced]) rmSync(path, { recursive: true, force: true });
  }
  writeFileSync(noteOf(tool), name);
  return join(folder, 'run');
}
