import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore, type LmdbStore, type Store } from '@switchyard/server';
import { limitConformance } from './limit.conformance.js';
import { storeConformance } from './store.conformance.js';

// In memory where there is such a place: what is tried here is what a crash leaves, not how fast the disk is.
const parent = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'switchyard-'));
const folders = new Map<Store, string>();
let count = 0;

async function openIn(folder: string): Promise<LmdbStore> {
  const store = await openLmdbStore(folder);
  folders.set(store, folder);
  return store;
}

const open = () => openIn(join(parent, String((count += 1))));

/** What is in the file this moment is what a new process would find: what waits or is half written is lost. */
async function crash(store: Store): Promise<Store> {
  const left = folders.get(store)!;
  const found = join(parent, String((count += 1)));
  mkdirSync(found);
  copyFileSync(join(left, 'data.mdb'), join(found, 'data.mdb'));
  const [reopened] = await Promise.all([openIn(found), store.close()]);
  folders.delete(store);
  rmSync(left, { recursive: true });
  return reopened;
}

afterAll(() => rmSync(parent, { recursive: true, force: true }));

storeConformance('lmdb', open, 10_000, crash);
limitConformance('lmdb', open);
