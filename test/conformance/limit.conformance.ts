import { setImmediate as turn } from 'node:timers/promises';
import type { Store } from '@switchyard/server';
import { Inbox } from '../harness/inbox.js';

const HOUR_MS = 3_600_000;
const SHORT_MS = 200;
const LONG = { limit: 3, window_ms: HOUR_MS };

/** Checks how a store counts calls against budgets; `open` returns a new one. */
export function limitConformance(name: string, open: () => Promise<Store>): void {
  describe(`budgets in the ${name} store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('accept each caller of each kind up to the limit, and then return how long to wait', async () => {
      const budget = store.limits.limiter('calls', LONG);
      for (let n = 0; n < LONG.limit; n += 1) expect(await budget.consume('ann')).toBe(0);
      const wait = await budget.consume('ann');
      expect(wait).toBeGreaterThan(HOUR_MS - 120_000);
      expect(wait).toBeLessThanOrEqual(HOUR_MS);
      expect(await budget.consume('bob')).toBe(0);
      expect(await store.limits.limiter('joins', LONG).consume('ann')).toBe(0);
    });

    it('count accepted calls only, and never accept more than the limit in any window', async () => {
      const limit = 4;
      const budget = store.limits.limiter('calls', { limit, window_ms: SHORT_MS });
      const taken: { before: number; after: number }[] = [];
      while (taken.length < 4 * limit) {
        const before = performance.now();
        if ((await budget.consume('ann')) === 0) taken.push({ before, after: performance.now() });
        else await turn();
      }
      for (let n = limit; n < taken.length; n += 1) {
        // A clock of whole milliseconds may be off by one.
        expect(taken[n]!.after - taken[n - limit]!.before).toBeGreaterThan(SHORT_MS - 2);
      }
    });
  });
}

/** Checks that processes with one store share its limits; `open` returns a new store as two processes have it. */
export function sharedLimitConformance(name: string, open: () => Promise<[Store, Store]>): void {
  describe(`limits in the ${name} store of two processes`, () => {
    let stores: [Store, Store];
    let notices: [Inbox<string>, Inbox<string>];
    beforeEach(async () => {
      stores = await open();
      notices = [new Inbox('the first'), new Inbox('the second')];
      await Promise.all(
        stores.map(({ cluster }, index) =>
          cluster!.connections.follow({
            evicted: (user, client) => notices[index]!.put(`${user} ${client}`),
            forgotten: () => undefined,
          }),
        ),
      );
    });
    afterEach(() => Promise.all(stores.map((store) => store.close())));

    it('are one limit for both processes', async () => {
      const [a, b] = stores.map(({ limits }) => limits.limiter('calls', { limit: 4, window_ms: HOUR_MS }));
      for (const budget of [a!, b!, a!, b!]) expect(await budget.consume('ann')).toBe(0);
      for (const budget of [a!, b!, a!]) expect(await budget.consume('ann')).toBeGreaterThan(0);
      expect(await b!.consume('bob')).toBe(0);
    });

    it('evict the oldest of a user’s clients in either process, and notify the other process', async () => {
      const [a, b] = stores.map(({ cluster }) => cluster!.connections);
      expect(await a!.enter('ann', 'first', 2)).toEqual([]);
      expect(await b!.enter('ann', 'second', 2)).toEqual([]);
      expect(await a!.enter('ann', 'second', 2)).toEqual([]);
      expect(await b!.enter('bob', 'first', 2)).toEqual([]);
      expect(await b!.enter('ann', 'third', 2)).toEqual(['first']);
      expect(await notices[0].take(() => true)).toBe('ann first');
      expect(await a!.enter('ann', 'fourth', 2)).toEqual(['second']);
      expect(await notices[1].take(() => true)).toBe('ann second');
      expect(notices.map(({ all }) => all)).toEqual([['ann first'], ['ann second']]);
    });

    it('accept a new client after one that left', async () => {
      const [a, b] = stores.map(({ cluster }) => cluster!.connections);
      await a!.enter('ann', 'first', 1);
      await b!.enter('ann', 'first', 1);
      await a!.leave('ann', 'first');
      expect(await a!.enter('ann', 'second', 1)).toEqual(['first']);
      await a!.leave('ann', 'second');
      expect(await b!.enter('ann', 'third', 1)).toEqual([]);
    });

    it('keep the order of arrival of clients that the store had forgotten, and never evict the newest', async () => {
      const [a, b] = stores.map(({ cluster }) => cluster!.connections);
      const later = Date.now() + HOUR_MS;
      await a!.enter('ann', 'first', 2, later);
      await b!.enter('ann', 'second', 2, 1);
      expect(await b!.enter('ann', 'third', 2)).toEqual(['second']);
    });

    it('count no client of a process that ended', async () => {
      const [a, b] = stores;
      await a.cluster!.connections.enter('ann', 'first', 1);
      await a.close();
      expect(await b.cluster!.connections.enter('ann', 'second', 1)).toEqual([]);
    });
  });
}
