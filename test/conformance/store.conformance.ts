import type { Position } from '@switchyard/contract';
import {
  changeDocuments,
  DocumentConflict,
  type DocumentWrite,
  type ReplayLimit,
  type Store,
} from '@switchyard/server';
import { playInterleavings, type Crash } from './store.interleavings.js';

/** The time limit for the deletion of a record, in ms; a busy machine is slow. */
const MAX_LATE_MS = 10_000;
const UNLIMITED: ReplayLimit = { events: Infinity, bytes: Infinity };

/** Checks the rules of every store; `open` returns a new empty one, `crash` is for those that outlive their process. */
export function storeConformance(name: string, open: () => Promise<Store>, runs: number, crash?: Crash): void {
  describe(`the ${name} store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const append = async (room: string, payload: object, keep = 100) => {
      const { durable, ...position } = await store.rooms.append(
        room,
        { event: 'e', payload: JSON.stringify(payload), at: 1 },
        keep,
      );
      await durable;
      return position;
    };

    it(`leaves no hole, reuses no position and replays no part in ${runs} random interleavings`, async () => {
      await playInterleavings(open, runs, crash);
    }, 300_000);

    it('starts a room at offset 1 and keeps the payload as it was', async () => {
      const payload = { list: [1, 'two', null], nested: { ü: '∞' } };
      expect((await append('r', payload)).offset).toBe(1);
      const [entry] = (await store.rooms.read('r', { ...(await store.rooms.head('r')), offset: 1 }, UNLIMITED)) ?? [];
      expect(entry).toBeUndefined();
      const start = await store.rooms.head('s');
      await append('s', payload);
      const [first] = (await store.rooms.read('s', start, UNLIMITED))!;
      expect(first).toMatchObject({ offset: 1, event: 'e', at: 1 });
      expect(JSON.parse(first!.payload)).toEqual(payload);
    });

    it('keeps the last entries and remembers the position before them', async () => {
      const positions: Position[] = [];
      for (let n = 1; n <= 5; n += 1) positions.push(await append('r', { n }, 2));
      expect(await store.rooms.read('r', positions[1]!, UNLIMITED)).toBeUndefined();
      expect((await store.rooms.read('r', positions[2]!, UNLIMITED))!.map(({ offset }) => offset)).toEqual([4, 5]);
    });

    it('answers a replay over the limit like one that it does not have', async () => {
      const start = await store.rooms.head('r');
      for (let n = 1; n <= 4; n += 1) await append('r', { text: 'x'.repeat(100) });
      expect(await store.rooms.read('r', start, { events: 4, bytes: 10_000 })).toHaveLength(4);
      expect(await store.rooms.read('r', start, { events: 3, bytes: 10_000 })).toBeUndefined();
      expect(await store.rooms.read('r', start, { events: 4, bytes: 300 })).toBeUndefined();
    });

    it.each(['somebody', 'some body', 'a\nb', '', '"', 'ü\u2028'])(
      'keeps for which user an entry is: %j',
      async (onlyForUser) => {
        const start = await store.rooms.head('r');
        const entry = { event: 'e', payload: '{}', at: 1 };
        for (const given of [{ ...entry, onlyForUser }, entry])
          await (
            await store.rooms.append('r', given, 10)
          ).durable;
        const [first, second] = (await store.rooms.read('r', start, UNLIMITED))!;
        expect(first).toMatchObject({ event: 'e', payload: '{}', onlyForUser });
        expect(second!.onlyForUser).toBeUndefined();
      },
    );

    it('applies the writes of an append with it', async () => {
      const write = { collection: 'c', id: '1', value: { title: 'one' } };
      const { durable } = await store.rooms.append('r', { event: 'e', payload: '{}', at: 1 }, 10, [write]);
      await durable;
      expect(await store.documents.get('c', '1')).toEqual({ title: 'one' });
    });

    it('keeps documents by collection and id, and shares no object with its callers', async () => {
      const value = { title: 'one', tags: ['a'] };
      await store.documents.write([
        { collection: 'c', id: 'b', value },
        { collection: 'c', id: 'a', value: { title: 'two' } },
        { collection: 'd', id: 'b', value: { title: 'three' } },
      ]);
      value.tags.push('changed');
      expect(await store.documents.get('c', 'b')).toEqual({ title: 'one', tags: ['a'] });
      expect(await store.documents.list('c')).toEqual([{ title: 'two' }, { title: 'one', tags: ['a'] }]);
      await store.documents.write([{ collection: 'c', id: 'b', value: null }]);
      expect(await store.documents.get('c', 'b')).toBeUndefined();
      expect(await store.documents.get('d', 'b')).toEqual({ title: 'three' });
    });

    describe('given conditional writes', () => {
      const write = (value: object | null, expect: object | null, id = '1'): DocumentWrite => {
        return { collection: 'c', id, value, expect };
      };
      const appendWith = async (...writes: DocumentWrite[]) => {
        const { durable } = await store.rooms.append('r', { event: 'e', payload: '{}', at: 1 }, 10, writes);
        await durable;
      };
      const both = [
        ['in a write', (...writes: DocumentWrite[]) => store.documents.write(writes)],
        ['with an append', appendWith],
      ] as const;

      it.each(both)('makes them %s while their condition holds, and else not', async (_, put) => {
        await put(write({ n: 1, text: 'ü\u2028\ud800"\\', 1: [null] }, null));
        await expect(put(write({ n: 2 }, null))).rejects.toMatchObject({
          code: 'store.conflict',
          collection: 'c',
          id: '1',
        });
        const read = (await store.documents.get('c', '1'))!;
        await put(write({ n: 2 }, read));
        await expect(put(write(null, read))).rejects.toThrow(DocumentConflict);
        expect(await store.documents.get('c', '1')).toEqual({ n: 2 });
        await put(write(null, { n: 2 }));
        expect(await store.documents.get('c', '1')).toBeUndefined();
        await expect(put(write({ n: 3 }, { n: 2 }))).rejects.toThrow(DocumentConflict);
        expect(await store.documents.list('c')).toEqual([]);
      });

      it('makes all of them or none, and appends nothing with none', async () => {
        await append('r', {});
        const before = await store.rooms.head('r');
        const writes = [
          write({ n: 1 }, null, '1'),
          { collection: 'd', id: '1', value: {} },
          write({ n: 1 }, { n: 0 }, '2'),
        ];
        for (const [, put] of both) await expect(put(...writes)).rejects.toMatchObject({ collection: 'c', id: '2' });
        expect([...(await store.documents.list('c')), ...(await store.documents.list('d'))]).toEqual([]);
        expect(await store.rooms.head('r')).toEqual(before);
        await append('r', {});
        expect(await store.rooms.read('r', before, UNLIMITED)).toHaveLength(1);
      });

      it('begins no room with an append that is refused', async () => {
        await expect(appendWith(write({}, { n: 0 }))).rejects.toThrow(DocumentConflict);
        expect(await store.rooms.names()).toEqual([]);
        expect((await store.rooms.head('r')).offset).toBe(0);
      });

      it('compares each document with its state before all of the writes', async () => {
        await store.documents.write([write({ n: 1 }, null)]);
        await store.documents.write([write({ n: 2 }, { n: 1 }), write({ n: 3 }, { n: 1 })]);
        expect(await store.documents.get('c', '1')).toEqual({ n: 3 });
      });

      it('accepts one of many changes from the same document, with one event', async () => {
        await store.documents.write([write({ by: 'nobody' }, null)]);
        const changes = Array.from({ length: 20 }, (_, by) => both[by % 2]![1](write({ by }, { by: 'nobody' })));
        const won = (await Promise.allSettled(changes)).flatMap(({ status }, by) =>
          status === 'fulfilled' ? [by] : [],
        );
        expect(won).toHaveLength(1);
        expect(await store.documents.get('c', '1')).toEqual({ by: won[0] });
        expect((await store.rooms.head('r')).offset).toBe(won[0]! % 2);
      });

      it('makes every change that is repeated after a conflict', async () => {
        const count = () =>
          changeDocuments(async () => {
            const read = (await store.documents.get<{ n: number }>('c', '1')) ?? null;
            await appendWith(write({ n: (read?.n ?? 0) + 1 }, read));
          });
        await Promise.all(Array.from({ length: 10 }, count));
        expect(await store.documents.get('c', '1')).toEqual({ n: 10 });
        expect((await store.rooms.head('r')).offset).toBe(10);
      });
    });

    it('begins a call once and remembers how it ended', async () => {
      const pending = { state: 'pending', digest: 'd', owner: 'o' } as const;
      expect(await store.calls.begin('k', pending, 60_000)).toBeUndefined();
      expect(await store.calls.begin('k', { ...pending, owner: 'p' }, 60_000)).toEqual(pending);
      await store.calls.finish('k', '{"ok":true}');
      expect(await store.calls.begin('k', pending, 60_000)).toEqual({
        state: 'done',
        digest: 'd',
        reply: '{"ok":true}',
      });
    });

    it('deletes a call for its owner, until it has ended', async () => {
      const pending = { state: 'pending', digest: 'd', owner: 'o' } as const;
      await store.calls.begin('k', pending, 60_000);
      await store.calls.abandon('k', 'p');
      expect(await store.calls.begin('k', pending, 60_000)).toEqual(pending);
      await store.calls.abandon('k', 'o');
      expect(await store.calls.begin('k', pending, 60_000)).toBeUndefined();
      await store.calls.finish('k', '{"ok":true}');
      await store.calls.abandon('k', 'o');
      expect(await store.calls.begin('k', pending, 60_000)).toMatchObject({ state: 'done' });
    });

    describe('keeps a call for its window,', () => {
      const pending = { state: 'pending', digest: 'd', owner: 'o' } as const;
      const other = { ...pending, digest: 'other' };
      const window_ms = 60;
      /** Begins a known call until the store has forgotten it, and returns the least duration of that, in ms. */
      const beginOnceForgotten = async (key: string, known: object, began: number): Promise<number> => {
        for (;;) {
          const found = await store.calls.begin(key, other, 60_000);
          const passed = performance.now() - began;
          if (!found) return passed;
          expect(found).toMatchObject(known);
          expect(passed).toBeLessThan(MAX_LATE_MS);
        }
      };

      it('counted from its start, when it does not end', async () => {
        const began = performance.now();
        expect(await store.calls.begin('k', pending, window_ms)).toBeUndefined();
        // A clock of whole milliseconds may have counted one too many.
        expect(await beginOnceForgotten('k', pending, began)).toBeGreaterThan(window_ms - 2);
      });

      it('counted from its start, also when it has ended', async () => {
        const began = performance.now();
        await store.calls.begin('k', pending, window_ms);
        await store.calls.finish('k', '"reply"');
        const done = { state: 'done', digest: 'd', reply: '"reply"' };
        expect(await beginOnceForgotten('k', done, began)).toBeGreaterThan(window_ms - 2);
      });

      it('each call for its own window', async () => {
        const began = performance.now();
        await store.calls.begin('long', pending, 60_000);
        await store.calls.begin('short', pending, window_ms);
        await store.calls.begin('given up', pending, window_ms);
        await store.calls.abandon('given up', 'o');
        await store.calls.begin('given up', pending, 60_000);
        await beginOnceForgotten('short', pending, began);
        for (const key of ['long', 'given up', 'short']) {
          expect(await store.calls.begin(key, { ...pending, owner: 'p' }, 60_000)).toMatchObject({ owner: 'o' });
        }
      });

      it('and no longer, when it ends too late', async () => {
        const began = performance.now();
        await store.calls.begin('late', pending, window_ms);
        await store.calls.begin('beside', pending, window_ms);
        await beginOnceForgotten('beside', pending, began);
        while (performance.now() - began < window_ms * 2) await new Promise(setImmediate);
        await store.calls.finish('late', '"reply"');
        expect(await store.calls.begin('late', other, 60_000)).toBeUndefined();
      });
    });

    it('names the rooms that have a log', async () => {
      await append('one', {});
      await append('two', {});
      await store.rooms.forget('one');
      expect(await store.rooms.names()).toEqual(['two']);
    });
  });
}
