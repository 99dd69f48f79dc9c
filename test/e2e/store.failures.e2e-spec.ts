import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, type Reply } from '@switchyard/contract';
import { MemoryStore } from '@switchyard/server';
import { openLmdbStore, type LmdbStore } from '@switchyard/store-lmdb';
import fc from 'fast-check';
import { fastFolder } from '../harness/fast.folder.js';
import type { Note } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { until } from '../harness/until.js';

const call = async <T>({ url }: ToyApp, name: string, payload: object): Promise<Reply<T>> => {
  const response = await fetch(`${url}/realtime/calls/board/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ board_id: 'b', ...payload }),
  });
  return (await response.json()) as Reply<T>;
};

/** A memory store that refuses appends on the test's command, and counts the accepted ones. */
class FailingStore extends MemoryStore {
  override writes = 0;
  refuses = false;
  code = 'store.unavailable';

  constructor() {
    super();
    const { rooms } = this;
    const append = rooms.append.bind(rooms);
    rooms.append = async (...args) => {
      if (this.refuses) throw new Fault(this.code);
      this.writes += 1;
      this.refuses = true;
      return append(...args);
    };
  }
}

describe('a call whose handler meets a failed store', () => {
  let store: FailingStore;
  let toys: ToyApp;
  beforeEach(async () => {
    store = new FailingStore();
    toys = await startToys({ openStore: () => Promise.resolve(store) });
    toys.board.open('b');
  });
  afterEach(() => toys.close());

  it.each(['store.unavailable', 'store.stopped'])('is answered %s when nothing was written', async (code) => {
    store.refuses = true;
    store.code = code;
    expect(await call(toys, 'post_many', { count: 2 })).toMatchObject({ ok: false, error: { code } });
  });

  it.each(['store.unavailable', 'store.stopped'])(
    'is answered that the outcome is unknown when it had written something before %s',
    async (code) => {
      store.code = code;
      for (const correlation of [{}, { correlation_id: 'one' }, { correlation_id: 'one' }]) {
        const reply = await call(toys, 'post_many', { count: 2, ...correlation });
        expect(reply).toMatchObject({ error: { code: 'call.outcome_unknown', recoverable: false } });
        store.refuses = false;
      }
    },
  );

  it('is answered that the outcome is unknown when it wrote and its end cannot be recorded', async () => {
    store.calls.finish = () => Promise.reject(new Fault('store.unavailable'));
    const reply = await call(toys, 'post', { text: 'made', correlation_id: 'two' });
    expect(reply).toMatchObject({ error: { code: 'call.outcome_unknown' } });
  });
});

describe('calls while the disk runs full', () => {
  const parent = fastFolder();
  afterAll(() => rmSync(parent, { recursive: true }));
  let count = 0;

  it('are answered ok when they are stored, refused when nothing was done, and unknown otherwise, and all recover', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 60 }), fc.boolean(), async (fullAfter, hasId) => {
        const folder = join(parent, `${(count += 1)}`);
        const space: { shortage: string | undefined } = { shortage: undefined };
        let store: LmdbStore | undefined;
        const toys = await startToys({ openStore: async () => (store = await openLmdbStore(folder, space)) });
        toys.board.open('b');
        const post = (n: number) =>
          call<Note>(toys, 'post', { text: `${n}`, ...(hasId && { correlation_id: `id-${n}` }) });
        let answered = 0;
        const replies = await Promise.all(
          Array.from({ length: 64 }, async (_, n) => {
            if (n >= 32)
              while (answered < fullAfter / 2 && space.shortage === undefined) await new Promise(setImmediate);
            const reply = await post(n);
            answered += 1;
            if (answered >= fullAfter) space.shortage = 'none is left';
            return reply;
          }),
        );
        space.shortage = undefined;
        await until('the store ready', () => store!.ready());
        expect(await post(64)).toMatchObject({ ok: true });
        await toys.close();
        const after = await openLmdbStore(folder);
        const kept = (await after.documents.list<Note>('notes')).map(({ text }) => text);
        await after.close();
        expect(new Set(kept).size).toBe(kept.length);
        for (const [n, reply] of replies.entries()) {
          const code = reply.ok ? 'ok' : reply.error.code;
          if (code === 'ok') expect(kept).toContain(`${n}`);
          else if (code === 'store.unavailable') expect(kept).not.toContain(`${n}`);
          else expect(code).toBe('call.outcome_unknown');
        }
      }),
      // Each takes a second, so a failure shows its own message.
      { numRuns: 5, endOnFailure: true },
    );
  });
});
