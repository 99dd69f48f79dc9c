import {
  changeDocuments,
  DocumentConflict,
  type DocumentWrite,
  type ReplayLimit,
  type Store,
} from '@switchyard/server';

const UNLIMITED: ReplayLimit = { events: Infinity, bytes: Infinity };

/** Checks the rules of a store's documents; `open` returns a new empty store. */
export function documentConformance(name: string, open: () => Promise<Store>): void {
  describe(`the ${name} store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

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

      it.each(both)('makes them %s while their condition holds, and not otherwise', async (_, put) => {
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
        await appendWith();
        const before = await store.rooms.head('r');
        const writes = [
          write({ n: 1 }, null, '1'),
          { collection: 'd', id: '1', value: {} },
          write({ n: 1 }, { n: 0 }, '2'),
        ];
        for (const [, put] of both) await expect(put(...writes)).rejects.toMatchObject({ collection: 'c', id: '2' });
        expect([...(await store.documents.list('c')), ...(await store.documents.list('d'))]).toEqual([]);
        expect(await store.rooms.head('r')).toEqual(before);
        await appendWith();
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
  });
}
