import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from '../process/run.mjs';
import { fetchTool, fetchedTool } from './fetch.mjs';

/** @typedef {import('./tool.mjs').Tool} Tool */
/** @typedef {{ path: string, origin: string }} Found a tool's path and a description of its origin */

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** @param {Tool} tool */
function programsHere({ commands, places }) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const endings = process.platform === 'win32' ? ['.exe'] : [''];
  const onPath = commands.flatMap((command) =>
    folders.flatMap((folder) => endings.map((ending) => join(folder, command + ending))),
  );
  return [...onPath, ...places].filter(isProgram);
}

/**
 * @param {string} path
 * @param {Tool} tool
 */
async function answers(path, { versionArgument = '--version' }) {
  // On Windows, browsers ignore --version and open a window.
  if (process.platform === 'win32') return true;
  try {
    return (await run(path, [versionArgument], { capture: true })).code === 0;
  } catch {
    return false;
  }
}

/**
 * Finds a tool by its environment variable, on this machine or among fetched tools; otherwise fetches it.
 *
 * @param {Tool} tool
 * @returns {Promise<Found>}
 */
export async function findTool(tool) {
  const named = process.env[tool.variable];
  if (named) {
    if (isProgram(named)) return { path: named, origin: tool.variable };
    throw new Error(`unable to use ${tool.variable}; there is no program at ${named}`);
  }
  for (const path of programsHere(tool)) {
    // A distribution may ship a stub that only prints how to install the program.
    if (await answers(path, tool)) return { path, origin: 'found on this machine' };
  }
  const before = fetchedTool(tool);
  if (before && (await answers(before, tool))) return { path: before, origin: 'fetched before' };
  const path = await fetchTool(tool);
  if (!(await answers(path, tool))) throw new Error(`unable to run the ${tool.name} that was fetched; ${tool.install}`);
  return { path, origin: 'fetched now' };
}
