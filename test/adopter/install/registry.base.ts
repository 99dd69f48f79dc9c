import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './program.run.js';
import { scratchFolder } from './scratch.folder.js';

/** Versions or ranges by the names of packages. */
export type Dependencies = Readonly<Record<string, string>>;

const NPM = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

/** Runs `npm install` in a folder. */
export const npmInstall = (folder: string, ...args: string[]): Promise<string> =>
  runProgram('npm', ['install', ...NPM, ...args], { cwd: folder });

/**
 * Returns a folder with the packages of the registry that an adopter has, ours not among them.
 *
 * It is kept for later runs on this machine: to unpack 200 packages costs ten seconds of processor time.
 */
export async function registryBase(dependencies: Dependencies): Promise<string> {
  const manifest = JSON.stringify({ name: 'adopter', private: true, dependencies }, null, 2);
  const key = createHash('sha256').update(`${process.version}\n${manifest}`).digest('hex').slice(0, 16);
  const base = join(scratchFolder(), 'registry', key);
  if (existsSync(base)) return base;
  const unfinished = `${base}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    writeFileSync(join(unfinished, 'package.json'), manifest);
    await npmInstall(unfinished);
    // Another run may have been faster.
    if (!existsSync(base)) renameSync(unfinished, base);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return base;
}
