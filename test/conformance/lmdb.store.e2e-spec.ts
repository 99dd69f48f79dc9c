import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore, type LmdbStore, type Store } from '@switchyard/server';
import { limitConformance } from './limit.conformance.js';
import { storeConformance } from './store.conformance.js';

const MEMORY = '/dev/shm';
/** Well above what the store wants to be free, in bytes; a container may have less there. */
const ROOMY = 1e9;
/** The pages at the beginning of a data file that say which commit was the last, in bytes. */
const META_BYTES = 8192;

// In memory where there is such a place: what is tried here is what a crash leaves, not how fast the disk is.
const parent = mkdtempSync(join(isRoomy(MEMORY) ? MEMORY : tmpdir(), 'switchyard-'));
const folders = new Map<Store, string>();
let count = 0;

async function openIn(folder: string): Promise<LmdbStore> {
  const store = await openLmdbStore(folder);
  folders.set(store, folder);
  return store;
}

function isRoomy(place: string): boolean {
  if (!existsSync(place)) return false;
  const { bavail, bsize } = statfsSync(place);
  return bavail * bsize > ROOMY;
}

function metaOf(file: string): Buffer {
  const meta = Buffer.alloc(META_BYTES);
  const handle = openSync(file, 'r');
  readSync(handle, meta, 0, META_BYTES, 0);
  closeSync(handle);
  return meta;
}

/**
 * Copies a data file as it is at one moment. LMDB writes on a thread of its own: where a commit ends meanwhile, the first
 * pages may know of more than the copy has of the others. No crash leaves that.
 */
function copyAsOneMoment(from: string, to: string): void {
  for (let before: Buffer | undefined; !before?.equals(metaOf(from));) {
    before = metaOf(from);
    copyFileSync(from, to);
  }
}

const open = () => openIn(join(parent, String((count += 1))));

/** What is in the file this moment is what a new process would find: what waits or is half written is lost. */
async function crash(store: Store): Promise<Store> {
  const left = folders.get(store)!;
  const found = join(parent, String((count += 1)));
  mkdirSync(found);
  copyAsOneMoment(join(left, 'data.mdb'), join(found, 'data.mdb'));
  const [reopened] = await Promise.all([openIn(found), store.close()]);
  folders.delete(store);
  rmSync(left, { recursive: true });
  return reopened;
}

afterAll(() => rmSync(parent, { recursive: true, force: true }));

storeConformance('lmdb', open, 10_000, crash);
limitConformance('lmdb', open);
