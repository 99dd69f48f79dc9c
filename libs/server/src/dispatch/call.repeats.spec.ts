import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Fault, type Reply } from '@switchyard/contract';
import { openLmdbStore } from '@switchyard/store-lmdb';
import { MemoryStore } from '../store/memory/memory.store.js';
import { CallRepeats } from './call.repeats.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const ERROR = new Fault('input.invalid').toBody();

describe('CallRepeats', () => {
  const attempt = (payload: object) => ({
    key: 'client:somebody|id',
    digest: CallRepeats.digest('chat', 'send_message', payload),
    repeatable: false,
  });

  it('recognises a call whose fields come in another order, as wires may send them', async () => {
    const repeats = new CallRepeats(new MemoryStore());
    let runs = 0;
    const run = () => Promise.resolve({ ok: true as const, data: (runs += 1) });
    await repeats.once(attempt({ room: 'r', body: { a: 1, b: [2, { d: 4, c: 3 }] } }), run);
    const again = repeats.once(attempt({ body: { b: [2, { c: 3, d: 4 }], a: 1 }, room: 'r' }), run);
    await expect(again).resolves.toEqual({ ok: true, data: 1 });
  });

  it('tells apart calls whose lists are in another order', async () => {
    const repeats = new CallRepeats(new MemoryStore());
    const run = () => Promise.resolve({ ok: true as const, data: 1 });
    await repeats.once(attempt({ ids: ['a', 'b'] }), run);
    await expect(repeats.once(attempt({ ids: ['b', 'a'] }), run)).rejects.toMatchObject({ code: 'call.id_reused' });
  });

  it('tells apart calls whose dates differ', async () => {
    const repeats = new CallRepeats(new MemoryStore());
    const run = () => Promise.resolve({ ok: true as const, data: 1 });
    await repeats.once(attempt({ due: new Date(0) }), run);
    await expect(repeats.once(attempt({ due: new Date(1) }), run)).rejects.toMatchObject({ code: 'call.id_reused' });
  });

  it('tells apart calls that differ only in their name, or only in their service', async () => {
    const repeats = new CallRepeats(new MemoryStore());
    const run = () => Promise.resolve({ ok: true as const, data: 1 });
    const made = (service: string, call: string) => ({
      key: 'client:somebody|id',
      digest: CallRepeats.digest(service, call, { text: 'the same' }),
      repeatable: true,
    });
    await repeats.once(made('chat', 'send'), run);
    for (const other of [made('chat', 'post'), made('board', 'send')])
      await expect(repeats.once(other, run)).rejects.toMatchObject({ code: 'call.id_reused' });
  });

  it('refuses another call with the id of one under way, and lets a repeat of that one wait', async () => {
    const repeats = new CallRepeats(new MemoryStore());
    let end: (reply: Reply) => void = () => undefined;
    let runs = 0;
    const run = () => {
      runs += 1;
      return new Promise<Reply>((resolve) => (end = resolve));
    };
    const first = repeats.once(attempt({ a: 1 }), run);
    await expect(repeats.once(attempt({ a: 2 }), run)).rejects.toMatchObject({ code: 'call.id_reused' });
    const again = [repeats.once(attempt({ a: 1 }), run), repeats.once(attempt({ a: 1 }), run)];
    await new Promise(setImmediate);
    end({ ok: true, data: 'once' });
    expect(await Promise.all([first, ...again])).toEqual(Array(3).fill({ ok: true, data: 'once' }));
    expect(runs).toBe(1);
  });

  describe('keeps no memory of a call that is over', () => {
    const forgotten = async (refs: readonly WeakRef<object>[]) => {
      // A dereferenced object stays alive until the end of this turn.
      await new Promise(setImmediate);
      collectGarbage();
      return refs.map((ref) => ref.deref());
    };
    const storeThat = (fails: 'finish' | 'nothing') => {
      const store = new MemoryStore();
      if (fails === 'finish') jest.spyOn(store.calls, 'finish').mockRejectedValue(new Fault('store.unavailable'));
      return store;
    };

    it.each<[string, 'finish' | 'nothing', (kept: object) => Promise<Reply>]>([
      ['was answered', 'nothing', (data) => Promise.resolve({ ok: true, data })],
      [
        'was refused',
        'nothing',
        (details) => Promise.resolve({ ok: false, error: { ...ERROR, details: { details } } }),
      ],
      ['counts as not made', 'nothing', (cause) => Promise.reject(new Fault('rate.limited', undefined, { cause }))],
      ['could not be recorded', 'finish', (data) => Promise.resolve({ ok: true, data })],
    ])('when it %s', async (_how, fails, run) => {
      const repeats = new CallRepeats(storeThat(fails));
      const refs: WeakRef<object>[] = [];
      const make = async (id: number) => {
        const kept = { large: new Array(1000).fill(id) };
        refs.push(new WeakRef(kept));
        const made = { ...attempt({ id }), key: `client:somebody|${id}` };
        await Promise.allSettled([repeats.once(made, () => run(kept)), repeats.once(made, () => run({}))]);
      };
      for (let id = 0; id < 20; id += 1) await make(id);
      expect(await forgotten(refs)).toEqual(refs.map(() => undefined));
      // Keeps the calls reachable until here; otherwise the test would prove nothing.
      expect(repeats).toBeInstanceOf(CallRepeats);
    });
  });

  describe('when the store fails the handler', () => {
    const refused = new Fault('store.unavailable');
    const fail = () => Promise.resolve({ ok: false as const, error: refused.toBody() });
    const run = () => Promise.resolve({ ok: true as const, data: 'ran' });

    it('answers a repeat that its outcome is unknown', async () => {
      const repeats = new CallRepeats(new MemoryStore());
      await expect(repeats.once(attempt({}), fail)).resolves.toMatchObject({ error: { code: 'store.unavailable' } });
      const again = await repeats.once(attempt({}), run);
      expect(again).toMatchObject({ ok: false, error: { code: 'call.outcome_unknown', recoverable: false } });
    });

    it('runs the repeat of a repeatable call', async () => {
      const repeats = new CallRepeats(new MemoryStore());
      const repeatable = { ...attempt({}), repeatable: true };
      await repeats.once(repeatable, fail);
      await expect(repeats.once(repeatable, run)).resolves.toEqual({ ok: true, data: 'ran' });
      await expect(repeats.once(repeatable, fail)).resolves.toEqual({ ok: true, data: 'ran' });
    });

    it('runs the repeat of a call that was refused before the handler', async () => {
      const repeats = new CallRepeats(new MemoryStore());
      await expect(repeats.once(attempt({}), () => Promise.reject(refused))).rejects.toBe(refused);
      await expect(repeats.once(attempt({}), run)).resolves.toEqual({ ok: true, data: 'ran' });
    });
  });

  describe('after a restart', () => {
    const run = () => Promise.resolve({ ok: true as const, data: 'ran' });
    const never = () => new Promise<never>(() => undefined);
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'switchyard-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    /** Begins a call in one process and repeats it in the next one, on the same data. */
    const makeTwice = async (first: () => Promise<Reply>, repeatable: boolean): Promise<Reply> => {
      const before = await openLmdbStore(folder);
      const begun = new CallRepeats(before).once(attempt({ a: 1 }), first);
      if (first === run) await begun;
      await before.close();
      const after = await openLmdbStore(folder);
      try {
        return await new CallRepeats(after).once({ ...attempt({ a: 1 }), repeatable }, () => {
          return Promise.resolve({ ok: true, data: 'ran again' });
        });
      } finally {
        await after.close();
      }
    };

    it('answers a repeat with the stored reply', async () => {
      await expect(makeTwice(run, false)).resolves.toEqual({ ok: true, data: 'ran' });
    });

    it('answers that the outcome is unknown, for a call that was under way', async () => {
      await expect(makeTwice(never, false)).rejects.toMatchObject({ code: 'call.outcome_unknown' });
    });

    it('runs a repeatable call again', async () => {
      await expect(makeTwice(never, true)).resolves.toEqual({ ok: true, data: 'ran again' });
    });
  });
});
