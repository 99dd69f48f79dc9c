import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataFile } from './data.file.js';
import { whatIsWrongWithin } from './data.pages.js';
import { whatIsWrongWithTree } from './data.tree.js';

/** The data file in its folder. */
export const DATA_FILE = 'data.mdb';
/** LMDB makes it with the first data file and leaves it there. */
const READERS = 'lock.mdb';

/** More than LMDB writes to open a new file, in bytes. */
const TRIAL_BYTES = 256_000;

/** Tries whether LMDB will be able to write in a folder: it ends the process when it cannot. @throws Error of the system */
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

/** What is wrong with the data file in a folder, if there is one; to be put after "unable to X;". */
export async function whatIsWrongIn(folder: string, wasLeft: boolean): Promise<string | undefined> {
  const path = join(folder, DATA_FILE);
  if (!existsSync(path)) return existsSync(join(folder, READERS)) ? 'it is missing' : undefined;
  // LMDB writes numbers as the machine has them; how wide they are elsewhere nobody has tried.
  if (process.arch !== 'x64' && process.arch !== 'arm64') return wasLeft ? whatIsWrongWithin(folder) : undefined;
  const file = DataFile.open(path);
  try {
    // The crash may have been the machine's.
    if (!wasLeft && !file.isShort) return undefined;
    return whatIsWrongWithTree(file) ?? (await whatIsWrongWithin(folder));
  } finally {
    file.close();
  }
}
