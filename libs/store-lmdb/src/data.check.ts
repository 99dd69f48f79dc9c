import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataFile } from './data.file.js';
import { flawInPages } from './data.pages.js';
import { flawInTree } from './data.tree.js';

/** The name of the data file in its folder. */
export const DATA_FILE = 'data.mdb';
/** LMDB creates this file with the first data file and leaves it there. */
const READERS = 'lock.mdb';

/** More than LMDB writes to open a new file, in bytes. */
const TRIAL_BYTES = 256_000;

/** Checks that LMDB can write in a folder, as it ends the process when it cannot. @throws Error of the system */
export function tryToWrite(folder: string): void {
  for (const name of [DATA_FILE, READERS]) {
    const path = join(folder, name);
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
  }
  const trial = join(folder, `trial.${process.pid}`);
  try {
    writeFileSync(trial, Buffer.alloc(TRIAL_BYTES));
  } finally {
    rmSync(trial, { force: true });
  }
}

/** The flaw of the data file in a folder, worded to follow "unable to X;"; undefined when there is no flaw or no file. */
export async function flawIn(folder: string, wasLeft: boolean): Promise<string | undefined> {
  const path = join(folder, DATA_FILE);
  if (!existsSync(path)) return existsSync(join(folder, READERS)) ? 'it is missing' : undefined;
  // LMDB writes numbers in the machine's own form, which was tested on these two only.
  if (process.arch !== 'x64' && process.arch !== 'arm64') return wasLeft ? flawInPages(folder) : undefined;
  const file = DataFile.open(path);
  try {
    // After a crash, which may have been the machine's, every page is checked.
    if (!wasLeft && !file.isShort) return undefined;
    return flawInTree(file) ?? (await flawInPages(folder));
  } finally {
    file.close();
  }
}
