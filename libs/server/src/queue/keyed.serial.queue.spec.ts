import { KeyedSerialQueue } from './keyed.serial.queue.js';

/** A task that runs until it is finished by hand. */
function openTask<T>() {
  let finish!: (value: T) => void;
  let fail!: (error: Error) => void;
  let started = false;
  const settled = new Promise<T>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const task = () => {
    started = true;
    return settled;
  };
  return { task, finish, fail, started: () => started };
}

describe('KeyedSerialQueue', () => {
  it('starts the first task of a key at once', () => {
    const first = openTask<void>();
    void new KeyedSerialQueue().run('a', first.task);
    expect(first.started()).toBe(true);
  });

  it('starts a task once the one before it has settled', async () => {
    const queue = new KeyedSerialQueue();
    const [first, second] = [openTask<string>(), openTask<string>()];
    const firstRun = queue.run('a', first.task);
    const secondRun = queue.run('a', second.task);
    expect(second.started()).toBe(false);
    first.finish('one');
    await expect(firstRun).resolves.toBe('one');
    second.finish('two');
    await expect(secondRun).resolves.toBe('two');
  });

  it('keeps the order of many tasks, however long each takes', async () => {
    const queue = new KeyedSerialQueue();
    const order: number[] = [];
    const runs = Array.from({ length: 50 }, (_, index) =>
      queue.run('a', async () => {
        for (let turns = (index * 7) % 5; turns > 0; turns -= 1) await Promise.resolve();
        order.push(index);
      }),
    );
    await Promise.all(runs);
    expect(order).toEqual(Array.from({ length: 50 }, (_, index) => index));
  });

  it('runs the tasks of two keys side by side', () => {
    const queue = new KeyedSerialQueue<number>();
    const [first, second] = [openTask<void>(), openTask<void>()];
    void queue.run(1, first.task);
    void queue.run(2, second.task);
    expect([first.started(), second.started()]).toEqual([true, true]);
  });

  it('goes on after a task that rejects, and after one that throws', async () => {
    const queue = new KeyedSerialQueue();
    const first = openTask<void>();
    const rejected = queue.run('a', first.task);
    const thrown = queue.run('a', () => {
      throw new Error('second');
    });
    const third = queue.run('a', () => 'third');
    first.fail(new Error('first'));
    await expect(rejected).rejects.toThrow('first');
    await expect(thrown).rejects.toThrow('second');
    await expect(third).resolves.toBe('third');
  });

  it('rejects when the first task of a key throws', async () => {
    const run = new KeyedSerialQueue().run('a', () => {
      throw new Error('at once');
    });
    await expect(run).rejects.toThrow('at once');
  });

  it('forgets a key once its last task has settled', async () => {
    const queue = new KeyedSerialQueue();
    const [first, second] = [openTask<void>(), openTask<void>()];
    const firstRun = queue.run('a', first.task);
    const secondRun = queue.run('a', second.task);
    first.finish();
    await firstRun;
    expect(queue.size).toBe(1);
    second.fail(new Error('failed'));
    await expect(secondRun).rejects.toThrow('failed');
    expect(queue.size).toBe(0);
  });
});
