import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { getSystemErrorName } from 'node:util';
import { open, type RootDatabase } from 'lmdb';
import { DAMAGED, DataFile } from './data.file.js';
import { whatIsWrongWithin } from './data.pages.js';
import { whatIsWrongWithTree } from './data.tree.js';
import { DiskSpace } from './disk.space.js';
import { FolderLock } from './folder.lock.js';
import { LmdbStore, TABLES } from './lmdb.store.js';

const FILE = 'data.mdb';
/** LMDB makes it with the first data file and leaves it there. */
const READERS = 'lock.mdb';

/** What the system says when a folder cannot be written to, and what to do about it. */
const OBSTACLES: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there (give it the right to, or set DATA_DIR to a folder of its own)',
  EPERM: 'this user may not write there (give it the right to, or set DATA_DIR to a folder of its own)',
  EROFS: 'the file system is read-only (mount it writable, or set DATA_DIR to a folder elsewhere)',
  ENOSPC: 'there is no space left (free some, or set DATA_DIR to a folder on another disk)',
  EDQUOT: "this user's quota is used up (raise it, or set DATA_DIR to a folder on another disk)",
  EFBIG: 'the file may not grow any more (raise the limit of the size of files, `ulimit -f`)',
  EEXIST: 'a file is in the place of the folder (move it away, or set DATA_DIR to another folder)',
  ENOTDIR: 'a file is in the place of a folder (move it away, or set DATA_DIR to another folder)',
};

/**
 * Opens the store in `folder`, which is made if need be.
 *
 * @throws Error saying what is wrong and what to do: in use by another process, not writable, too little space, no data
 * file of this program, damaged, or of a newer format
 */
export async function openLmdbStore(folder: string): Promise<LmdbStore> {
  let lock: FolderLock | undefined;
  let root: RootDatabase | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    lock = await FolderLock.take(folder);
    const flaw = await whatIsWrongIn(folder, lock.wasLeft);
    if (flaw) throw new Error(flaw);
    new DiskSpace(folder).check();
    // Not overlapping: a commit is over when it is flushed, so that an error of the disk is an error of the commit.
    // Groups are made here; LMDB's own grouping leaves a promise behind that is rejected with nobody to catch it.
    root = open({ path: folder, overlappingSync: false, eventTurnBatching: false, maxDbs: TABLES.length });
    const names = [...root.getKeys({})].map(String);
    const { entryCount } = root.getStats() as { entryCount: number };
    // A damaged root page may look like an empty one, and that like a new file.
    if (names.length !== entryCount) throw new Error(DAMAGED);
    if (names.length > 0 && !names.includes('format')) throw new Error('it belongs to another program');
    // Before anything is written, as LMDB ends a process that meets a damaged page while it writes.
    for (const name of names) void [...root.openDB({ name, encoding: 'binary' }).getKeys({ limit: 1 })];
    return new LmdbStore(root, folder, lock);
  } catch (error) {
    await root?.close();
    lock?.release();
    throw refusal(folder, error as Error);
  }
}

/** What is wrong with the data file in a folder, if there is one; to be put after "unable to X;". */
async function whatIsWrongIn(folder: string, wasLeft: boolean): Promise<string | undefined> {
  const path = join(folder, FILE);
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

function refusal(folder: string, error: Error): Error {
  const obstacle = OBSTACLES[systemErrorOf(error) ?? ''];
  if (obstacle) return new Error(`unable to keep data in ${folder}; ${obstacle}`, { cause: error });
  if (error.message.startsWith('unable to ')) return error;
  const whatToDo = `restore it from a backup, or move ${folder} away to begin with an empty store`;
  const reason = error.message.endsWith(')') ? error.message : `${error.message} (${whatToDo})`;
  return new Error(`unable to open ${join(folder, FILE)}; ${reason}`, { cause: error });
}

/** The system's name of an error; LMDB gives its number. */
function systemErrorOf(error: Error): string | undefined {
  const { code } = error as { code?: string | number };
  return typeof code === 'number' && code > 0 ? getSystemErrorName(-code) : String(code);
}
