import { closeSync, copyFileSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '@switchyard/server';
import { openLmdbStore, type LmdbStore } from '@switchyard/store-lmdb';
import { fastFolder } from '../harness/fast.folder.js';
import { limitConformance } from './limit.conformance.js';
import { seriesConformance } from './series.conformance.js';
import { storeConformance } from './store.conformance.js';

/** The first pages of a data file, which name the last commit, in bytes. */
const META_BYTES = 8192;

/** The number of interleavings; `STORE_RUNS=100000 npm test -- test/conformance/lmdb.store` tries more. */
const RUNS = Number(process.env.STORE_RUNS ?? 2000);

const parent = fastFolder();
const folders = new Map<Store, string>();
let count = 0;

async function openIn(folder: string): Promise<LmdbStore> {
  const store = await openLmdbStore(folder);
  folders.set(store, folder);
  return store;
}

function metaOf(file: string): Buffer {
  const meta = Buffer.alloc(META_BYTES);
  const handle = openSync(file, 'r');
  readSync(handle, meta, 0, META_BYTES, 0);
  closeSync(handle);
  return meta;
}

/**
 * Copies a data file as it is at one moment. LMDB writes on its own thread: when a commit ends meanwhile, the first
 * pages may name more than the copy has of the others, which no crash can cause.
 */
function copyAsOneMoment(from: string, to: string): void {
  for (let before: Buffer | undefined; !before?.equals(metaOf(from));) {
    before = metaOf(from);
    copyFileSync(from, to);
  }
}

const open = () => openIn(join(parent, String((count += 1))));

/** A new process would find the present contents of the file; waiting and half-written data is lost. */
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

storeConformance('lmdb', open, RUNS, crash);
limitConformance('lmdb', open);
seriesConformance('lmdb', open, crash);
