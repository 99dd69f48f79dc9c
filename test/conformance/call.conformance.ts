import type { Store } from '@switchyard/server';

/** The time limit for the deletion of a record, in ms; a busy machine is slow. */
const MAX_LATE_MS = 10_000;

/** Checks the rules of a store's call records; `open` returns a new empty store. */
export function callConformance(name: string, open: () => Promise<Store>): void {
  describe(`the ${name} store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

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
  });
}
