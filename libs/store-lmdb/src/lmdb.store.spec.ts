import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { open, type RootDatabase } from 'lmdb';
import type { ReplayLimit } from '@switchyard/server/store';
import type { FormatTable } from './data.format.js';
import { openLmdbStore, type LmdbStore } from './lmdb.store.js';

const UNLIMITED: ReplayLimit = { events: Infinity, bytes: Infinity };
const ENTRY = { event: 'e', payload: '{"n":1}', at: 1 };

describe('the LMDB store', () => {
  let folder: string;
  let data: string;
  let store: LmdbStore;
  beforeEach(async () => {
    folder = join(mkdtempSync(join(tmpdir(), 'switchyard-')), 'store');
    data = join(folder, 'data.mdb');
    store = await openLmdbStore(folder);
  });
  afterEach(async () => {
    await store.close();
    rmSync(join(folder, '..'), { recursive: true });
  });

  const append = (room: string, keep = 1000, entry = ENTRY) => store.rooms.append(room, entry, keep);
  const fill = async (count: number) => {
    for (let n = 1; n < count; n += 1) void append(`room_${n % 10}`);
    const { durable } = await append('room_0');
    await durable;
  };
  const reopen = async () => {
    await store.close();
    store = await openLmdbStore(folder);
  };

  describe('opened again', () => {
    it('continues its offsets in a new epoch, and replays from a position of the epoch before', async () => {
      const first = await append('r');
      await append('r');
      await reopen();
      const before = await store.rooms.head('r');
      expect(before).toEqual({ epoch: first.epoch, offset: 2 });
      const third = await append('r');
      expect(third.offset).toBe(3);
      expect(third.epoch).not.toBe(first.epoch);
      const found = await store.rooms.read('r', first, UNLIMITED);
      expect(found!.map(({ epoch, offset }) => [epoch, offset])).toEqual([
        [first.epoch, 2],
        [third.epoch, 3],
      ]);
    });

    it('has the documents and the calls that were stored', async () => {
      await store.documents.write([{ collection: 'c', id: 'i', value: { a: 1 } }]);
      const pending = { state: 'pending', digest: 'd', owner: 'o' } as const;
      await store.calls.begin('done', pending, 60_000);
      await store.calls.begin('left', pending, 60_000);
      await store.calls.finish('done', '"reply"');
      await reopen();
      expect(await store.documents.list('c')).toEqual([{ a: 1 }]);
      expect(await store.calls.begin('done', pending, 60_000)).toEqual({
        state: 'done',
        digest: 'd',
        reply: '"reply"',
      });
      expect(await store.calls.begin('left', { ...pending, owner: 'p' }, 60_000)).toEqual(pending);
    });

    it('has dropped the calls whose window is over', async () => {
      const pending = { state: 'pending', digest: 'd', owner: 'o' } as const;
      await store.calls.begin('short', pending, 0);
      await store.calls.begin('long', pending, 60_000);
      await reopen();
      expect(await store.calls.begin('short', { ...pending, digest: 'e' }, 60_000)).toBeUndefined();
      expect(await store.calls.begin('long', pending, 60_000)).toEqual(pending);
    });

    it('remembers which rooms were forgotten, cleared or trimmed', async () => {
      await append('cleared');
      await append('forgotten');
      await append('trimmed');
      const last = await append('trimmed');
      const base = await store.rooms.clear('cleared');
      await store.rooms.forget('forgotten');
      await store.rooms.trim('trimmed', 0);
      await reopen();
      expect(await store.rooms.head('cleared')).toEqual(base);
      expect((await store.rooms.head('forgotten')).offset).toBe(0);
      expect((await store.rooms.names()).sort()).toEqual(['cleared', 'trimmed']);
      const { epoch, offset } = last;
      expect(await store.rooms.read('trimmed', { epoch, offset }, UNLIMITED)).toEqual([]);
      expect((await append('trimmed')).offset).toBe(3);
    });

    it('from an older copy accepts no position that the copy does not have', async () => {
      const copy = `${data}.copy`;
      const known = await append('r');
      await known.durable;
      copyFileSync(data, copy);
      const lost = [await append('r'), await append('r'), await append('s')] as const;
      const cleared = await store.rooms.clear('r');
      for (let round = 0; round < 2; round += 1) {
        await store.close();
        copyFileSync(copy, data);
        store = await openLmdbStore(folder);
        // As many events as were lost, so that every seen offset has an event again.
        const again = [await append('r'), await append('r'), await append('s')];
        for (const [n, { epoch, offset }] of lost.entries()) {
          const room = n === 2 ? 's' : 'r';
          expect(again[n]).toMatchObject({ offset });
          expect(await store.rooms.read(room, { epoch, offset }, UNLIMITED)).toBeUndefined();
        }
        expect(await store.rooms.read('r', cleared, UNLIMITED)).toBeUndefined();
        expect(await store.rooms.read('r', known, UNLIMITED)).toMatchObject([{ offset: 2 }, { offset: 3 }]);
      }
    });

    it('reports whether the process before it closed it', async () => {
      expect(store.isAfterCrash).toBe(false);
      await fill(100);
      const left = readFileSync(join(folder, 'in-use.json'), 'utf8');
      await reopen();
      expect(store.isAfterCrash).toBe(false);
      await store.close();
      writeFileSync(join(folder, 'in-use.json'), left.replace(/"pid":\d+/, '"pid":999999999'));
      store = await openLmdbStore(folder);
      expect(store.isAfterCrash).toBe(true);
      expect(await store.rooms.names()).toHaveLength(10);
    });
  });

  it('finds what was just written, by every kind of read', async () => {
    const start = await store.rooms.head('r');
    const one = await append('r');
    void store.documents.write([{ collection: 'c', id: 'b', value: { b: 1 } }]);
    expect(await store.rooms.read('r', start, UNLIMITED)).toHaveLength(1);
    expect(await store.rooms.names()).toEqual(['r']);
    expect(await store.documents.get('c', 'b')).toEqual({ b: 1 });
    await one.durable;
    await append('r');
    void store.documents.write([
      { collection: 'c', id: 'a', value: { a: 1 } },
      { collection: 'c', id: 'b', value: null },
    ]);
    expect(await store.documents.list('c')).toEqual([{ a: 1 }]);
    expect(await store.rooms.read('r', start, UNLIMITED)).toHaveLength(2);
    await store.rooms.forget('r');
    await append('r');
    expect(await store.rooms.read('r', start, UNLIMITED)).toBeUndefined();
  });

  it('is unchanged by an append whose writes cannot be stored', async () => {
    const writes = [{ collection: 'c', id: 'x'.repeat(2000), value: {} }];
    await expect(store.rooms.append('r', ENTRY, 10, writes)).rejects.toThrow('unable to store a document of c');
    await expect(store.documents.write(writes)).rejects.toThrow('its id is longer');
    expect(await store.rooms.names()).toEqual([]);
    expect((await append('r')).offset).toBe(1);
  });

  it('accepts ids of any characters', async () => {
    const ids = ['', 'a\u0000b', '\u0001\u0002\u0003\u0004', 'ünï', '𠮷', '﹒', '/?#[]', 'x'.repeat(800)];
    await store.documents.write(ids.map((id) => ({ collection: 'c', id, value: { id } })));
    await store.documents.write([{ collection: 'c\u0000', id: 'other', value: {} }]);
    await reopen();
    expect(await store.documents.list('c')).toEqual([...ids].sort((a, b) => (a < b ? -1 : 1)).map((id) => ({ id })));
    for (const id of ids) expect(await store.documents.get('c', id)).toEqual({ id });
  });

  it('removes entries that a room no longer keeps, many at once', async () => {
    const positions = [];
    for (let n = 0; n < 200; n += 1) positions.push(await append('r', 5));
    expect(await store.rooms.read('r', positions[193]!, UNLIMITED)).toBeUndefined();
    expect(await store.rooms.read('r', positions[194]!, UNLIMITED)).toHaveLength(5);
    await reopen();
    expect(await store.rooms.read('r', positions[100]!, UNLIMITED)).toBeUndefined();
    expect(await store.rooms.read('r', positions[194]!, UNLIMITED)).toHaveLength(5);
  });

  it('stores 10,000 events of one turn, each at its position', async () => {
    await fill(10_000);
    for (let n = 0; n < 10; n += 1) expect((await store.rooms.head(`room_${n}`)).offset).toBe(1000);
  });

  it('accepts nothing once it is closed', async () => {
    await store.close();
    expect(await store.ready()).toBe(false);
    await expect(append('r')).rejects.toMatchObject({ code: 'store.unavailable' });
    await store.close();
  });

  it('stops writing when another process has opened the data since', async () => {
    Logger.overrideLogger(false);
    openElsewhere(folder);
    const { durable } = await append('r');
    await expect(durable).rejects.toMatchObject({ code: 'call.outcome_unknown' });
    expect(await store.ready()).toBe(false);
    expect(store.degradedReason).toMatch(/^unable to write to .*; another process has opened the data since$/);
    await expect(append('r')).rejects.toMatchObject({ code: 'store.stopped' });
    await expect(store.close()).rejects.toMatchObject({ code: 'store.stopped' });
    store = await openLmdbStore(folder);
    expect(await store.rooms.names()).toEqual([]);
  });

  it('reports each write as made, not made or unknown while space runs out and returns', async () => {
    Logger.overrideLogger(false);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), fc.nat(3)), { minLength: 8, maxLength: 64 }), async (turns) => {
        const space: { shortage: string | undefined } = { shortage: undefined };
        await store.close();
        rmSync(folder, { recursive: true });
        store = await openLmdbStore(folder, space);
        const told = turns.map(async ([isFull, pause], n) => {
          for (let turn = 0; turn < n * pause; turn += 1) await new Promise(setImmediate);
          space.shortage = isFull ? 'none is left' : undefined;
          const write = store.documents.write([{ collection: 'c', id: `${n}`, value: {} }]);
          return write.then(
            () => 'made',
            ({ code }: { code: string }) => code,
          );
        });
        const ends = await Promise.all(told);
        space.shortage = undefined;
        await reopen();
        for (const [n, end] of ends.entries()) {
          const isThere = (await store.documents.get('c', `${n}`)) !== undefined;
          if (end === 'made') expect(isThere).toBe(true);
          else if (end === 'store.unavailable') expect(isThere).toBe(false);
          else expect(end).toBe('call.outcome_unknown');
        }
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  describe('refuses to open', () => {
    const refused = async (damage: () => void) => {
      await fill(5000);
      await store.close();
      damage();
      const size = readFileSync(data, { flag: 'a+' }).length;
      const error = (await openLmdbStore(folder).catch((thrown: unknown) => thrown)) as Error;
      expect(readFileSync(data).length).toBe(size);
      rmSync(folder, { recursive: true });
      store = await openLmdbStore(folder);
      return error.message;
    };
    const whatToDo = () => `(restore it from a backup, or move ${folder} away to begin with an empty store)`;

    it.each<[string, (file: string) => void, string]>([
      ['an empty file', (file) => writeFileSync(file, ''), 'it is empty'],
      ['a text', (file) => writeFileSync(file, 'hello'), 'it is no data file of this program'],
      ['something else', (file) => writeFileSync(file, randomBytes(100_000)), 'it is no data file of this program'],
      ['a file cut short', (file) => truncateSync(file, 8192), 'its end is missing'],
      ['a file blanked within', (file) => blank(file, 1), 'MDB_CORRUPTED'],
    ])('%s, and does not change it', async (_, damage, reason) => {
      const message = await refused(() => damage(data));
      expect(message).toContain(`unable to open ${data}; `);
      expect(message).toContain(reason);
      expect(message).toContain(whatToDo());
    });

    it('a partly damaged file, when the process before it did not close it', async () => {
      await fill(5000);
      const left = readFileSync(join(folder, 'in-use.json'), 'utf8').replace(/"pid":\d+/, '"pid":999999999');
      await store.close();
      blank(data, 0.5);
      writeFileSync(join(folder, 'in-use.json'), left);
      await expect(openLmdbStore(folder)).rejects.toThrow(
        `unable to open ${data}; some of it is damaged ${whatToDo()}`,
      );
      rmSync(folder, { recursive: true });
      store = await openLmdbStore(folder);
    });

    it('a folder whose data file is gone', async () => {
      await store.close();
      rmSync(data);
      await expect(openLmdbStore(folder)).rejects.toThrow(`unable to open ${data}; it is missing ${whatToDo()}`);
      rmSync(folder, { recursive: true });
      store = await openLmdbStore(folder);
    });

    it('the data of another program', async () => {
      await store.close();
      rmSync(folder, { recursive: true });
      const root = open({ path: folder });
      await root.openDB({ name: 'theirs' }).put('key', 'value');
      await root.close();
      await expect(openLmdbStore(folder)).rejects.toThrow(`unable to open ${data}; it belongs to another program`);
      rmSync(folder, { recursive: true });
      store = await openLmdbStore(folder);
    });

    it.each([
      [
        'newer',
        3,
        'it has format 3, this version knows 2 only (use the version that wrote it, or a newer one; or move',
      ],
      [
        'older',
        1,
        'it has format 1, this version knows 2 only (use the version that wrote it; or move the folder away',
      ],
    ])('data of a %s format, and does not change it', async (_, format, refusal) => {
      await append('r');
      await store.close();
      const root = open({ path: folder, overlappingSync: false });
      await formatOf(root).put('format', { application: 'switchyard', format, opening: 1 }, 1);
      await root.close();
      await expect(openLmdbStore(folder)).rejects.toThrow(refusal);
      const left = open({ path: folder, overlappingSync: false });
      expect(formatOf(left).get('format')).toEqual({ application: 'switchyard', format, opening: 1 });
      await left.close();
      rmSync(folder, { recursive: true });
      store = await openLmdbStore(folder);
    });
  });

  it('copied during writes is intact, as of some moment', async () => {
    const copies = join(folder, '..', 'copies');
    let acknowledged = 0;
    for (let copy = 0; copy < 20; copy += 1) {
      for (let n = 0; n < 50; n += 1) {
        const { durable, offset } = await append('r');
        void durable.then(() => (acknowledged = offset));
      }
      await new Promise(setImmediate);
      const safe = acknowledged;
      mkdirSync(join(copies, `${copy}`), { recursive: true });
      copyFileSync(data, join(copies, `${copy}`, 'data.mdb'));
      const found = await openLmdbStore(join(copies, `${copy}`));
      const { offset } = await found.rooms.head('r');
      expect(offset).toBeGreaterThanOrEqual(safe);
      expect(offset % 50).toBe(0);
      await found.close();
    }
  });
});

function formatOf(root: RootDatabase): FormatTable {
  return root.openDB({ name: 'format', encoding: 'json', useVersions: true });
}

/** Counts one more opening in another process, because LMDB allows one opening of a file in each. */
function openElsewhere(folder: string): void {
  const program = `
    const { open } = require('lmdb');
    const { openFormat } = require('./libs/store-lmdb/src/data.format.ts');
    const root = open({ path: ${JSON.stringify(folder)}, overlappingSync: false });
    openFormat(root, root.openDB({ name: 'format', encoding: 'json', useVersions: true }));
    void root.close();
  `;
  const cwd = join(__dirname, '../../..');
  execFileSync(process.execPath, ['-r', './test/harness/typescript.cjs', '-e', program], { cwd });
}

function blank(file: string, share: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0, 8192, Math.floor(bytes.length * share));
  writeFileSync(file, bytes);
}
