import { FairQueue } from './fair.queue.js';

/** Tasks that record their start, and end on the test's command. */
class Held {
  readonly begun: string[] = [];
  private readonly ends = new Map<string, (error?: Error) => void>();

  constructor(private readonly queue: FairQueue) {}

  add(name: string, signal?: AbortSignal): Promise<string> {
    const work = () => {
      this.begun.push(name);
      return new Promise<string>((resolve, reject) =>
        this.ends.set(name, (error) => (error ? reject(error) : resolve(name))),
      );
    };
    return this.queue.run(name[0]!, work, signal);
  }

  /** Ends a task and waits until the queue has continued. */
  async end(name: string, error?: Error): Promise<void> {
    this.ends.get(name)!(error);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a fair queue', () => {
  it('serves all users in turn, one task at a time, however many one of them has', async () => {
    const held = new Held(new FairQueue(1));
    for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']) void held.add(name);
    for (const name of ['a1', 'b1', 'c1', 'a2', 'b2', 'a3']) await held.end(name);
    expect(held.begun).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  });

  it('still serves others while the work of one does not end', async () => {
    const held = new Held(new FairQueue(2));
    for (const name of ['a1', 'a2', 'b1', 'c1', 'b2']) void held.add(name);
    expect(held.begun).toEqual(['a1', 'b1']);
    await held.end('b1');
    await held.end('c1');
    expect(held.begun).toEqual(['a1', 'b1', 'c1', 'b2']);
  });

  it('runs no more tasks at once than its limit', async () => {
    const held = new Held(new FairQueue(2));
    for (const name of ['a', 'b', 'c', 'd']) void held.add(name);
    expect(held.begun).toEqual(['a', 'b']);
    await held.end('a');
    expect(held.begun).toEqual(['a', 'b', 'c']);
  });

  it('continues after a task that failed', async () => {
    const held = new Held(new FairQueue(1));
    const failed = expect(held.add('a1')).rejects.toThrow('of a1');
    const next = held.add('a2');
    await held.end('a1', new Error('of a1'));
    await failed;
    await held.end('a2');
    expect(await next).toBe('a2');
  });

  it('does not begin a task that is aborted while it waits', async () => {
    const queue = new FairQueue(1);
    const held = new Held(queue);
    const given = new AbortController();
    void held.add('a1');
    const aborted = expect(held.add('a2', given.signal)).rejects.toThrow('enough');
    void held.add('a3');
    expect(queue.sizeFor('a')).toBe(2);
    given.abort(new Error('enough'));
    await aborted;
    expect(queue.sizeFor('a')).toBe(1);
    await expect(held.add('a4', given.signal)).rejects.toThrow('enough');
    await held.end('a1');
    expect(held.begun).toEqual(['a1', 'a3']);
  });

  it('keeps the place of a task that is aborted while it runs, but nobody waits for it', async () => {
    const held = new Held(new FairQueue(1));
    const given = new AbortController();
    const aborted = expect(held.add('a1', given.signal)).rejects.toThrow('enough');
    void held.add('b1');
    given.abort(new Error('enough'));
    await aborted;
    expect(held.begun).toEqual(['a1']);
    await held.end('a1');
    expect(held.begun).toEqual(['a1', 'b1']);
  });
});
