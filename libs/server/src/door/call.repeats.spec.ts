import { MemoryStore } from '../store/memory/memory.store.js';
import { CallRepeats } from './call.repeats.js';

describe('CallRepeats', () => {
  const attempt = (payload: object) => ({
    key: 'client:somebody|id',
    digest: CallRepeats.digest('chat', 'send_message', payload),
    repeatable: false,
  });

  it('recognises a call whose fields come in another order, as each wire has its own', async () => {
    const repeats = new CallRepeats(new MemoryStore());
    let runs = 0;
    const run = () => Promise.resolve({ ok: true as const, data: (runs += 1) });
    await repeats.once(attempt({ room: 'r', body: { a: 1, b: [2, { d: 4, c: 3 }] } }), run);
    const again = repeats.once(attempt({ body: { b: [2, { c: 3, d: 4 }], a: 1 }, room: 'r' }), run);
    await expect(again).resolves.toEqual({ ok: true, data: 1 });
  });

  it('tells calls apart whose lists are in another order', async () => {
    const repeats = new CallRepeats(new MemoryStore());
    const run = () => Promise.resolve({ ok: true as const, data: 1 });
    await repeats.once(attempt({ ids: ['a', 'b'] }), run);
    await expect(repeats.once(attempt({ ids: ['b', 'a'] }), run)).rejects.toMatchObject({ code: 'call.id_reused' });
  });

  it('tells calls apart whose dates differ', async () => {
    const repeats = new CallRepeats(new MemoryStore());
    const run = () => Promise.resolve({ ok: true as const, data: 1 });
    await repeats.once(attempt({ due: new Date(0) }), run);
    await expect(repeats.once(attempt({ due: new Date(1) }), run)).rejects.toMatchObject({ code: 'call.id_reused' });
  });
});
