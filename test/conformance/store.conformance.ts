import type { Position } from '@switchyard/contract';
import type { ReplayLimit, Store } from '@switchyard/server';
import { callConformance } from './call.conformance.js';
import { documentConformance } from './document.conformance.js';
import { playInterleavings, type Crash } from './store.interleavings.js';

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
      expect(await store.rooms.read('r', await store.rooms.head('r'), UNLIMITED)).toEqual([]);
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
      'keeps the only user of an entry: %j',
      async (onlyForUser) => {
        const start = await store.rooms.head('r');
        const entry = { event: 'e', payload: '{}', at: 1 };
        for (const given of [{ ...entry, onlyForUser }, entry]) {
          const { durable } = await store.rooms.append('r', given, 10);
          await durable;
        }
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

    it('names the rooms that have a log', async () => {
      await append('one', {});
      await append('two', {});
      await store.rooms.forget('one');
      expect(await store.rooms.names()).toEqual(['two']);
    });
  });
  documentConformance(name, open);
  callConformance(name, open);
}
