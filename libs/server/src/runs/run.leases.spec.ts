import { MemoryStore } from '../store/memory/memory.store.js';
import { RunLeases } from './run.leases.js';

describe('a lock of RunLeases', () => {
  const never = new AbortController().signal;

  it('has one owner at a time, and tells the others that they wait', async () => {
    const leases = new RunLeases(new MemoryStore(), {});
    const events: string[] = [];
    let holders = 0;
    const take = async (name: string) => {
      const release = await leases.lock('yard', never, () => events.push(`${name} waits`));
      events.push(`${++holders} at ${name}`);
      await new Promise((resolve) => setImmediate(resolve));
      holders -= 1;
      release();
    };
    await Promise.all([take('a'), take('b'), take('c')]);
    expect(events.slice(0, 2)).toEqual(['b waits', 'c waits']);
    expect(new Set(events.slice(2))).toEqual(new Set(['1 at a', '1 at b', '1 at c']));
  });

  it('is not blocked by an owner that stopped waiting', async () => {
    const leases = new RunLeases(new MemoryStore(), {});
    const impatient = new AbortController();
    const release = await leases.lock('yard', never);
    const taken = leases.lock('yard', impatient.signal, () => impatient.abort(new Error('enough')));
    await expect(taken).rejects.toThrow('enough');
    release();
    (await leases.lock('yard', never))();
  });
});
