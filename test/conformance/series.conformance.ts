import { MAX_COUNTER_NAME, MAX_COUNTERS, MAX_MINUTES, type MinuteCounts, type Store } from '@switchyard/server';
import type { Crash } from './store.interleavings.js';

const MINUTE = 29_000_000;

/** Checks the counters of every store; `open` returns a new empty one, `crash` is for those that outlive their process. */
export function seriesConformance(name: string, open: () => Promise<Store>, crash?: Crash): void {
  describe(`series in the ${name} store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('add up by series, minute and name, and give back the minutes asked for in order', async () => {
      const { series } = store;
      await series.add('chat', MINUTE + 1, { joins: 1 });
      await series.add('chat', MINUTE, { joins: 2, 'calls ü:"\u2028': 5, constructor: 3 });
      await series.add('chat', MINUTE, { joins: 40, calls: 0 });
      await series.add('chat', MINUTE + 2, { joins: 7 });
      await series.add('chat:1', MINUTE, { joins: 100 });
      const first: Record<string, number> = { joins: 42, 'calls ü:"\u2028': 5, constructor: 3, calls: 0 };
      expect(await series.read('chat', MINUTE, MINUTE + 1)).toEqual<MinuteCounts[]>([
        { minute: MINUTE, counts: first },
        { minute: MINUTE + 1, counts: { joins: 1 } },
      ]);
      expect(await series.read('chat', MINUTE + 3, MINUTE + 60)).toEqual([]);
      expect(await series.read('tasks', 0, MINUTE * 2)).toEqual([]);
    });

    it('count every addition that is made at the same time', async () => {
      await Promise.all(
        Array.from({ length: 50 }, (_, n) => store.series.add('chat', MINUTE, { joins: 1, [`n${n % 5}`]: n })),
      );
      const counts = { joins: 50, n0: 225, n1: 235, n2: 245, n3: 255, n4: 265 };
      expect(await store.series.read('chat', MINUTE, MINUTE)).toEqual([{ minute: MINUTE, counts }]);
    });

    it('keep the latest minutes, whatever order they come in', async () => {
      const minutes = Array.from({ length: MAX_MINUTES }, (_, n) => MINUTE + ((n * 7) % MAX_MINUTES));
      await Promise.all(minutes.map((minute) => store.series.add('chat', minute, { joins: 1 })));
      await store.series.add('tasks', 1, { joins: 1 });
      const kept = async () => (await store.series.read('chat', 0, MINUTE * 2)).map(({ minute }) => minute);
      expect(await kept()).toHaveLength(MAX_MINUTES);
      await store.series.add('chat', MINUTE + 5000, { joins: 1 });
      await store.series.add('chat', MINUTE - 1, { joins: 1 });
      const found = await kept();
      expect(found).toHaveLength(MAX_MINUTES);
      expect([found[0], found.at(-1)]).toEqual([MINUTE + 1, MINUTE + 5000]);
      expect(await store.series.read('tasks', 1, 1)).toHaveLength(1);
    });

    it('keep a limited number of names, and still add to those', async () => {
      const many = Object.fromEntries(Array.from({ length: MAX_COUNTERS }, (_, n) => [`n${n}`, 1]));
      await store.series.add('chat', MINUTE, many);
      await store.series.add('chat', MINUTE, { another: 1, n3: 1 });
      const [kept] = await store.series.read('chat', MINUTE, MINUTE);
      expect(kept!.counts).toEqual({ ...many, n3: 2 });
    });

    it.each<[string, string, number, Record<string, number>]>([
      ['a series with a long name', 's'.repeat(MAX_COUNTER_NAME + 1), MINUTE, { joins: 1 }],
      ['a counter with a long name', 'chat', MINUTE, { joins: 1, ['n'.repeat(MAX_COUNTER_NAME + 1)]: 1 }],
      ['a counter without a name', 'chat', MINUTE, { joins: 1, '': 1 }],
      ['a fraction', 'chat', MINUTE, { joins: 1, calls: 0.5 }],
      ['a negative number', 'chat', MINUTE, { joins: 1, calls: -1 }],
      ['no number', 'chat', MINUTE, { joins: 1, calls: NaN }],
      ['no minute', 'chat', -1, { joins: 1 }],
    ])('refuse %s, and count nothing', async (_, series, minute, counts) => {
      await expect(store.series.add(series, minute, counts)).rejects.toThrow(TypeError);
      expect(await store.series.read('chat', 0, MINUTE * 2)).toEqual([]);
    });

    if (crash) {
      it('outlive the process', async () => {
        await store.series.add('chat', MINUTE, { joins: 2 });
        await store.series.add('chat', MINUTE + 1, { joins: 3 });
        store = await crash(store);
        await store.series.add('chat', MINUTE, { joins: 5 });
        expect(await store.series.read('chat', MINUTE, MINUTE + 1)).toEqual([
          { minute: MINUTE, counts: { joins: 7 } },
          { minute: MINUTE + 1, counts: { joins: 3 } },
        ]);
      });
    }
  });
}

/** Checks that processes with one store count together; `open` returns one store as two processes have it. */
export function sharedSeriesConformance(name: string, open: () => Promise<[Store, Store]>): void {
  it(`series in the ${name} store of two processes count what both add to the same minute`, async () => {
    const stores = await open();
    try {
      const added = Array.from({ length: 200 }, (_, n) =>
        stores[n % 2]!.series.add('chat', MINUTE, { joins: 1, [`node ${n % 2}`]: n }),
      );
      await Promise.all(added);
      const counts = { joins: 200, 'node 0': 9900, 'node 1': 10_000 };
      for (const { series } of stores) {
        expect(await series.read('chat', MINUTE, MINUTE)).toEqual([{ minute: MINUTE, counts }]);
      }
    } finally {
      await Promise.all(stores.map((store) => store.close()));
    }
  });
}
