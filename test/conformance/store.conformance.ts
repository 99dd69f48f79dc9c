import { deepStrictEqual as deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import type { Position } from '@switchyard/contract';
import type { NewEntry, ReplayLimit, Store, StoredEntry } from '@switchyard/server';
import fc from 'fast-check';

const KEEP = 6;
const ROOMS = ['a', 'b'] as const;
const UNLIMITED: ReplayLimit = { events: Infinity, bytes: Infinity };

type Step =
  | { do: 'append'; room: string }
  | { do: 'read'; room: string; pick: number }
  | { do: 'trim'; room: string; keep: number }
  | { do: 'clear'; room: string }
  | { do: 'forget'; room: string };

const room = fc.constantFrom(...ROOMS);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('append' as const), room }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('read' as const), room, pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('trim' as const), room, keep: fc.nat(KEEP) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), room }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), room }) },
);

const key = ({ epoch, offset }: Position) => `${epoch}:${offset}`;

/** What a room has been told, whatever the store still has of it. */
class Told {
  /** Every position ever shown, also of lives the room no longer has. */
  readonly positions: Position[] = [];
  /** The entries of this life of the room. */
  entries: { at: Position; payload: string }[] = [];
}

async function replay(store: Store, steps: readonly Step[]): Promise<void> {
  const told = new Map<string, Told>(ROOMS.map((name) => [name, new Told()]));
  let written = 0;
  for (const action of steps) {
    const model = told.get(action.room)!;
    const { rooms } = store;
    const before = await rooms.head(action.room);
    model.positions.push(before);
    switch (action.do) {
      case 'append': {
        const entry: NewEntry = { event: 'e', payload: JSON.stringify((written += 1)), at: written };
        const { durable, ...at } = await rooms.append(action.room, entry, KEEP);
        await durable;
        equal(at.offset, before.offset + 1);
        ok(!model.positions.some((known) => key(known) === key(at)), 'a position was used twice');
        model.entries.push({ at, payload: entry.payload });
        break;
      }
      case 'read': {
        const since = model.positions[action.pick % model.positions.length]!;
        const found = await rooms.read(action.room, since, UNLIMITED);
        if (found) expectWhole(found, since, before, model);
        else notEqual(key(since), key(before));
        break;
      }
      case 'trim':
        await rooms.trim(action.room, action.keep);
        deepEqual(await rooms.head(action.room), before);
        break;
      case 'clear': {
        const base = await rooms.clear(action.room);
        notEqual(base.epoch, before.epoch);
        equal(base.offset, before.offset);
        model.entries = [];
        break;
      }
      case 'forget':
        await rooms.forget(action.room);
        model.entries = [];
        break;
    }
  }
}

/** Checks that a replay has every entry after `since` up to the head, each with its own offset, and nothing else. */
function expectWhole(found: StoredEntry[], since: Position, head: Position, model: Told): void {
  deepEqual(
    found.map(({ offset }) => offset),
    found.map((_, index) => since.offset + 1 + index),
  );
  equal(since.offset + found.length, head.offset);
  const newest = model.entries.slice(model.entries.length - found.length);
  deepEqual(
    found.map((entry) => [key(entry), entry.payload]),
    newest.map(({ at, payload }) => [key(at), payload]),
  );
}

/** What every store must keep to; `open` gives a fresh and empty one. */
export function storeConformance(name: string, open: () => Promise<Store>, runs: number): void {
  describe(`the ${name} store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const append = async (room: string, payload: object, keep = 100) => {
      const { durable, ...position } = await store.rooms.append(room, { event: 'e', payload: JSON.stringify(payload), at: 1 }, keep);
      await durable;
      return position;
    };

    it(`leaves no hole, reuses no position and replays no part in ${runs} random interleavings`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 30 }), async (steps) => {
          const fresh = await open();
          await replay(fresh, steps);
          await fresh.close();
        }),
        { numRuns: runs },
      );
    }, 120_000);

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

    it('answers a replay over the limit like one it does not have', async () => {
      const start = await store.rooms.head('r');
      for (let n = 1; n <= 4; n += 1) await append('r', { text: 'x'.repeat(100) });
      expect(await store.rooms.read('r', start, { events: 4, bytes: 10_000 })).toHaveLength(4);
      expect(await store.rooms.read('r', start, { events: 3, bytes: 10_000 })).toBeUndefined();
      expect(await store.rooms.read('r', start, { events: 4, bytes: 300 })).toBeUndefined();
    });

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

    it('begins a call once and remembers how it ended', async () => {
      const pending = { state: 'pending', digest: 'd', owner: 'o' } as const;
      expect(await store.calls.begin('k', pending, 60_000)).toBeUndefined();
      expect(await store.calls.begin('k', { ...pending, owner: 'p' }, 60_000)).toEqual(pending);
      await store.calls.finish('k', '{"ok":true}');
      expect(await store.calls.begin('k', pending, 60_000)).toEqual({ state: 'done', digest: 'd', reply: '{"ok":true}' });
      await store.calls.abandon('k');
      expect(await store.calls.begin('k', pending, 60_000)).toBeUndefined();
    });

    it('names the rooms that have a log', async () => {
      await append('one', {});
      await append('two', {});
      await store.rooms.forget('one');
      expect(await store.rooms.names()).toEqual(['two']);
    });
  });
}
