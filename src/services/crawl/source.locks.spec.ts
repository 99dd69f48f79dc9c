import { SourceLocks } from './source.locks.js';

describe('the locks of sources', () => {
  it('are held by one at a time, in the order they were asked for', async () => {
    const locks = new SourceLocks();
    const never = new AbortController().signal;
    const order: string[] = [];
    const take = async (name: string) => {
      const free = await locks.take('yard', never);
      order.push(name, `${name} free`);
      setImmediate(free);
    };
    await Promise.all([take('a'), take('b'), take('c')]);
    expect(order).toEqual(['a', 'a free', 'b', 'b free', 'c', 'c free']);
  });

  it('are not held up by one that stopped waiting', async () => {
    const locks = new SourceLocks();
    const never = new AbortController().signal;
    const impatient = new AbortController();
    const free = await locks.take('yard', never);
    const given = locks.take('yard', impatient.signal);
    const patient = locks.take('yard', never);
    impatient.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    expect(locks.isTaken('yard')).toBe(true);
    free();
    (await patient)();
    await new Promise((resolve) => setImmediate(resolve));
    expect(locks.isTaken('yard')).toBe(false);
  });
});
