import { MemoryStore } from '../store/memory/memory.store.js';
import { RunLeases } from './run.leases.js';

describe('a lock of a process', () => {
  const never = new AbortController().signal;

  it('is held by one at a time, and tells whoever has to wait', async () => {
    const leases = new RunLeases(new MemoryStore(), {});
    const events: string[] = [];
    let holders = 0;
    const take = async (name: string) => {
      const unlock = await leases.lock('yard', never, () => events.push(`${name} waits`));
      events.push(`${++holders} at ${name}`);
      await new Promise(setImmediate);
      holders -= 1;
      unlock();
    };
    await Promise.all([take('a'), take('b'), take('c')]);
    expect(events.slice(0, 2)).toEqual(['b waits', 'c waits']);
    expect(new Set(events.slice(2))).toEqual(new Set(['1 at a', '1 at b', '1 at c']));
    await leases.beforeApplicationShutdown();
  });

  it('is not held up by one that stopped waiting', async () => {
    const leases = new RunLeases(new MemoryStore(), {});
    const impatient = new AbortController();
    const unlock = await leases.lock('yard', never);
    const waiting = leases.lock('yard', impatient.signal, () => impatient.abort(new Error('enough')));
    await expect(waiting).rejects.toThrow('enough');
    unlock();
    (await leases.lock('yard', never))();
    await leases.beforeApplicationShutdown();
  });
});
