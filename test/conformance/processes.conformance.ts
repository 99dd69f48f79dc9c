import { changeDocuments, type ReplayLimit, type Store, type StoredEntry } from '@switchyard/server';
import { until } from '../harness/until.js';

const UNLIMITED: ReplayLimit = { events: Infinity, bytes: Infinity };
const CHANGES = 30;

/** Checks the rules of a shared store; `open` returns a new empty store as two processes have it. */
export function processesConformance(name: string, open: () => Promise<[Store, Store]>): void {
  describe(`the ${name} store in two processes`, () => {
    let stores: [Store, Store];
    beforeEach(async () => {
      stores = await open();
    });
    afterEach(() => Promise.all(stores.map((store) => store.close())));

    it('accepts one of many changes that both make from the same document, with one event', async () => {
      for (let round = 0; round < 10; round += 1) {
        const [id, room] = [`d-${round}`, `r-${round}`];
        const changes = Array.from({ length: CHANGES }, (_, by) => {
          const write = { collection: 'c', id, value: { by }, expect: null };
          return stores[by % 2]!.rooms.append(room, { event: 'e', payload: String(by), at: 1 }, 100, [write]);
        });
        const made = await Promise.allSettled(changes);
        const won = made.flatMap(({ status }, by) => (status === 'fulfilled' ? [by] : []));
        expect(won).toHaveLength(1);
        expect(await stores[1].documents.get('c', id)).toEqual({ by: won[0] });
        expect((await stores[0].rooms.head(room)).offset).toBe(1);
      }
    });

    it('makes every change that is repeated after a conflict, and reports them in that order', async () => {
      const start = await stores[0].rooms.head('r');
      const count = ({ documents, rooms }: Store) =>
        changeDocuments(async () => {
          const read = (await documents.get<{ n: number }>('c', '1')) ?? null;
          const value = { n: (read?.n ?? 0) + 1 };
          const entry = { event: 'e', payload: JSON.stringify(value), at: 1 };
          await rooms.append('r', entry, 100, [{ collection: 'c', id: '1', value, expect: read }]);
        });
      await Promise.all(Array.from({ length: CHANGES }, (_, n) => count(stores[n % 2]!)));
      const told = (await stores[1].rooms.read('r', start, UNLIMITED))!;
      expect(told.map(({ payload }) => (JSON.parse(payload) as { n: number }).n)).toEqual(
        Array.from({ length: CHANGES }, (_, n) => n + 1),
      );
    });

    it('tells a process for which user another has appended an entry', async () => {
      const here = stores[0].cluster!.rooms;
      const there = stores[1].rooms;
      const heard: StoredEntry[] = [];
      const appended = (entry: StoredEntry) => heard.push(entry);
      const stop = await here.follow('r', { appended, volatilePublished: () => undefined, check: () => undefined });
      const entry = { event: 'e', payload: '{"n":1}', at: 1 };
      for (const given of [{ ...entry, onlyForUser: 'some\nbody' }, entry]) await there.append('r', given, 10);
      await until('both entries', () => heard.length >= 2);
      expect(heard).toMatchObject([
        { ...entry, offset: 1, onlyForUser: 'some\nbody' },
        { ...entry, offset: 2 },
      ]);
      expect(heard[1]!.onlyForUser).toBeUndefined();
      stop();
    });

    it('tells a process what another writes into a collection, and nothing of refused writes', async () => {
      const [here, there] = stores.map(({ documents }) => documents) as [Store['documents'], Store['documents']];
      const { cluster } = stores[0];
      const heard = { c: 0, d: 0 };
      const releases = [
        await cluster!.watch('c', () => (heard.c += 1)),
        await cluster!.watch('d', () => (heard.d += 1)),
      ];
      await here.write([{ collection: 'c', id: '1', value: { n: 1 } }]);
      await expect(there.write([{ collection: 'c', id: '1', value: {}, expect: null }])).rejects.toThrow();
      await there.write([{ collection: 'd', id: '1', value: {} }]);
      await until('a write into d', () => heard.d > 0);
      expect(heard).toEqual({ c: 0, d: 1 });
      await there.write([{ collection: 'c', id: '1', value: { n: 2 }, expect: { n: 1 } }]);
      await until('a write into c', () => heard.c > 0);
      expect(await here.get('c', '1')).toEqual({ n: 2 });
      releases[0]!();
      await there.write([
        { collection: 'c', id: '1', value: null },
        { collection: 'd', id: '1', value: null },
      ]);
      await until('another write into d', () => heard.d > 1);
      expect(heard).toEqual({ c: 1, d: 2 });
      releases[1]!();
    });

    it('sends a text to all listeners at an address, and returns their number', async () => {
      const [here, there] = [stores[0].cluster!.messages, stores[1].cluster!.messages];
      let heard: (text: string) => void = () => undefined;
      const text = new Promise<string>((resolve) => (heard = resolve));
      const release = await here.listen('a', heard);
      expect(await there.send('b', 'stop')).toBe(0);
      expect(await there.send('a', 'stop\nnow')).toBe(1);
      expect(await text).toBe('stop\nnow');
      release();
      await until('nobody there', async () => (await there.send('a', 'stop')) === 0);
    });

    it('sends a process its own texts too', async () => {
      const { messages } = stores[0].cluster!;
      const text = new Promise<string>(
        (resolve) => void messages.listen('a', resolve).then(() => messages.send('a', 'hi')),
      );
      expect(await text).toBe('hi');
    });
  });
}
