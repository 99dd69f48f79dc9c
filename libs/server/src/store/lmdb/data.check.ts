import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataFile } from './data.file.js';
import { whatIsWrongWithin } from './data.pages.js';
import { whatIsWrongWithTree } from './data.tree.js';

/** The data file in its folder. */
export const DATA_FILE = 'data.mdb';
/** LMDB makes it with the first data file and leaves it there. */
const READERS = 'lock.mdb';

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
