import { MemoryStore, RunLeases, type Store } from '@switchyard/server';
import { SourceLocks } from './source.locks.js';

describe('the locks of sources', () => {
  const never = new AbortController().signal;
  const locksOf = (store: Store) => new SourceLocks(new RunLeases(store, {}));

  it('are held by one at a time, and who has to wait says so', async () => {
    const locks = locksOf(new MemoryStore());
    const events: string[] = [];
    let holders = 0;
    const take = async (name: string) => {
      const free = await locks.take('yard', never, () => events.push(`${name} waits`));
      events.push(`${++holders} at ${name}`);
      await new Promise((resolve) => setImmediate(resolve));
      holders -= 1;
      free();
    };
    await Promise.all([take('a'), take('b'), take('c')]);
    expect(events.slice(0, 2)).toEqual(['b waits', 'c waits']);
    expect(new Set(events.slice(2))).toEqual(new Set(['1 at a', '1 at b', '1 at c']));
  });

  it('are not held up by one that stopped waiting', async () => {
    const locks = locksOf(new MemoryStore());
    const impatient = new AbortController();
    const free = await locks.take('yard', never, () => undefined);
    const given = locks.take('yard', impatient.signal, () => impatient.abort(new Error('enough')));
    await expect(given).rejects.toThrow('enough');
    free();
    (await locks.take('yard', never, () => undefined))();
  });
});
