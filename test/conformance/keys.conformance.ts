import { CallDispatcher } from '../../libs/server/src/dispatch/call.dispatcher.js';
import { identify, ServiceRegistry, type Store } from '@switchyard/server';
import fc from 'fast-check';
import { startToys, type ToyApp } from '../toys/toy.app.js';

/** The number of sets of ids for each kind of key. */
const RUNS = 15;

/** Characters that have a meaning in some key, or are invalid in UTF-8; some separate the parts of keys. */
const CHARACTERS = ['u', 'x', '|', ':', ' ', '\n', '\0', '\u001a', '\ud800', '\udc00', '\ufffd', '😀', '%', '007c'];

const text = fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 4 }).map((characters) => characters.join(''));
/** Pairs of texts, each pair once; they often differ only in where the first part ends. */
const pairs = fc.uniqueArray(fc.tuple(text, text), {
  minLength: 2,
  maxLength: 12,
  selector: (pair) => JSON.stringify(pair),
});
const texts = fc.uniqueArray(text, { minLength: 2, maxLength: 12 });

/** Checks that a store, and the code in front of it, never confuses two ids, whatever characters they have. */
export function keysConformance(name: string, open: () => Promise<Store>): void {
  describe(`the ${name} store, given ids of any characters`, () => {
    let store: Store;
    let round = 0;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    const check = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T, unique: string) => Promise<void>) =>
      fc.assert(
        fc.asyncProperty(arbitrary, (value) => property(value, `r${(round += 1)}`)),
        { numRuns: RUNS },
      );

    it('keeps a document under each collection and id', async () => {
      await check(pairs, async (ids, unique) => {
        const writes = ids.map(([collection, id], n) => ({ collection: unique + collection, id, value: { n } }));
        for (const write of writes) await store.documents.write([write]);
        for (const { collection, id, value } of writes)
          expect(await store.documents.get(collection, id)).toEqual(value);
        for (const collection of new Set(writes.map((write) => write.collection))) {
          const inIt = writes.filter((write) => write.collection === collection);
          inIt.sort((a, b) => (a.id < b.id ? -1 : 1));
          expect(await store.documents.list(collection)).toEqual(inIt.map(({ value }) => value));
        }
      });
    });

    it('has a log for each room', async () => {
      await check(texts, async (ids, unique) => {
        const rooms = ids.map((id) => unique + id);
        const append = async (room: string) => {
          const entry = { event: 'e', payload: JSON.stringify({ room }), at: 1 };
          const { durable, offset } = await store.rooms.append(room, entry, 10);
          await durable;
          return offset;
        };
        for (const room of rooms) expect(await append(room)).toBe(1);
        const names = await store.rooms.names();
        expect(names.filter((known) => known.startsWith(unique)).sort()).toEqual([...rooms].sort());
        for (const room of rooms) await store.rooms.forget(room);
      });
    });

    it('has a record for each call', async () => {
      await check(texts, async (ids, unique) => {
        const record = (digest: string) => ({ state: 'pending', digest, owner: 'o' }) as const;
        for (const id of ids) expect(await store.calls.begin(unique + id, record('first'), 60_000)).toBeUndefined();
        for (const id of ids) {
          expect(await store.calls.begin(unique + id, record('again'), 60_000)).toEqual(record('first'));
        }
      });
    });

    it('counts each caller in each budget', async () => {
      await check(pairs, async (ids, unique) => {
        const limit = { limit: 1, window_ms: 60_000 };
        for (const [budget, caller] of ids)
          expect(await store.limits.limiter(unique + budget, limit).consume(caller)).toBe(0);
        for (const [budget, caller] of ids.slice(0, 1)) {
          const again = store.limits.limiter(unique + budget, limit);
          await again.consume(caller);
          expect(await again.consume(caller)).toBeGreaterThan(0);
        }
      });
    });

    it('has a lease for each key and owner, if it has leases', async () => {
      await check(pairs, async (ids, unique) => {
        const leases = store.cluster?.leases;
        if (!leases) return;
        const keys = [...new Set(ids.map(([key]) => unique + key))];
        const owners = ids.map(([, owner]) => unique + owner);
        for (const [index, key] of keys.entries()) {
          expect(await leases.take(key, owners[index]!)).toBe(true);
          expect(await leases.find(key)).toBe(owners[index]);
          expect(await leases.keep(key, `${owners[index]}\udfff`)).toBe(false);
        }
        const listed = (await leases.list(60_000)).filter(({ key }) => key.startsWith(unique));
        expect(new Map(listed.map(({ key, owner }) => [key, owner]))).toEqual(
          new Map(keys.map((key, index) => [key, owners[index]])),
        );
        for (const [index, key] of keys.entries()) await leases.release(key, owners[index]!);
        expect((await leases.list(60_000)).filter(({ key }) => key.startsWith(unique))).toEqual([]);
      });
    });

    it('counts the connections of each user over several processes', async () => {
      await check(pairs, async (ids, unique) => {
        const connections = store.cluster?.connections;
        if (!connections) return;
        const clients = new Map<string, string[]>();
        for (const [user, client] of ids) clients.set(unique + user, [...(clients.get(unique + user) ?? []), client]);
        for (const [user, own] of clients) {
          for (const [at, client] of own.entries())
            expect(await connections.enter(user, client, own.length, at + 1)).toEqual([]);
          expect(await connections.enter(user, 'one more', own.length)).toEqual(own.slice(0, 1));
        }
      });
    });
  });

  describe(`calls with the ${name} store`, () => {
    let toys: ToyApp;
    beforeAll(async () => {
      toys = await startToys({ openStore: open });
    });
    afterAll(() => toys.close());

    it('run once for each user and correlation_id, whatever characters these have', async () => {
      toys.board.open('b');
      const service = toys.get(ServiceRegistry).get('board');
      const door = toys.get(CallDispatcher);
      let round = 0;
      const ofUser = fc.uniqueArray(
        fc.tuple(
          text,
          text.filter((id) => id !== ''),
        ),
        { minLength: 2, maxLength: 8, selector: (pair) => JSON.stringify(pair) },
      );
      const property = async (ids: [user: string, correlation_id: string][]) => {
        const unique = `r${(round += 1)}`;
        const callers = ids.map(([user, correlation_id]) => {
          const caller = identify('polling', { id: unique + user }, undefined);
          return () => door.call(service, 'post', { board_id: 'b', text: 'a note', correlation_id }, caller);
        });
        const before = toys.board.runs;
        const replies: unknown[] = [];
        for (const call of callers) replies.push(await call());
        expect(toys.board.runs - before).toBe(ids.length);
        for (const [index, call] of callers.entries()) expect(await call()).toEqual(replies[index]);
        expect(toys.board.runs - before).toBe(ids.length);
      };
      await property([
        ['u|x', 'y'],
        ['u', 'x|y'],
      ]);
      await property([
        ['u', '\ud800'],
        ['u', '\udfff'],
        ['\ud800', 'u'],
        ['\udfff', 'u'],
      ]);
      // The subject of a token has no limit, and may differ in its last character only.
      const long = 'u'.repeat(3000);
      await property([
        [`${long}1`, 'y'],
        [`${long}2`, 'y'],
      ]);
      await fc.assert(fc.asyncProperty(ofUser, property), { numRuns: RUNS });
    });
  });
}
