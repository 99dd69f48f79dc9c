import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore, type LmdbStore } from '@switchyard/server';
import { filter, firstValueFrom, ReplaySubject } from 'rxjs';
import { EmbeddedJobQueue } from './embedded.queue.js';
import { JobCancelled, type Job } from './job.queue.js';

interface Load {
  wagons: number;
}

/** Jobs whose handler does as the test says. */
class Yard {
  readonly queue: EmbeddedJobQueue;
  readonly left: [id: string, wasRunning: boolean, interruptions: number][] = [];
  private readonly begun = new ReplaySubject<Job<Load> & { signal: AbortSignal }>();
  private readonly over = new ReplaySubject<string>();

  constructor(
    store: LmdbStore,
    work: (job: Job<Load>, signal: AbortSignal) => Promise<void>,
    { concurrency = 2, accepts = true } = {},
  ) {
    this.queue = new EmbeddedJobQueue(store);
    this.queue.process<Load>('shunt', concurrency, {
      run: async (job, signal) => {
        this.begun.next({ ...job, signal });
        try {
          await work(job, signal);
        } finally {
          this.over.next(job.id);
        }
      },
      left: async (job, wasRunning) => {
        this.left.push([job.id, wasRunning, job.interruptions]);
        return accepts;
      },
    });
  }

  add(id: string, options: { attempts?: number; backoffMs?: number } = {}): Promise<void> {
    return this.queue.enqueue('shunt', { wagons: 3 }, { id, ...options });
  }

  begins(id: string, attempt = 1) {
    return firstValueFrom(this.begun.pipe(filter((job) => job.id === id && job.attempt === attempt)));
  }

  ends(id: string) {
    return firstValueFrom(this.over.pipe(filter((over) => over === id)));
  }

  get counts() {
    return this.queue.counts('shunt');
  }
}

const forever = () => new Promise<void>(() => undefined);
const untilAborted = (_job: Job<Load>, signal: AbortSignal) =>
  new Promise<void>((_, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
const done = () => Promise.resolve();

describe('the embedded job queue', () => {
  let folder: string;
  let store: LmdbStore;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-jobs-'));
    store = await openLmdbStore(join(folder, 'store'));
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  /** The process dies: nothing of it goes on, and nothing was tidied up. */
  const restart = async () => {
    await store.close();
    store = await openLmdbStore(join(folder, 'store'));
  };
  const kept = () => store.documents.list<{ id: string; state: string }>('jobs:shunt');
  /** Waits for the write that forgets a job that has ended. */
  const settled = async (yard: Yard) => {
    await yard.queue.stop('shunt', new Error('the test is over'));
  };

  it('does a job with its data and forgets it', async () => {
    const yard = new Yard(store, done);
    await yard.add('a');
    expect(await yard.begins('a')).toMatchObject({ id: 'a', data: { wagons: 3 }, attempt: 1, interruptions: 0 });
    await settled(yard);
    expect(await kept()).toEqual([]);
    expect(yard.counts).toEqual({ running: 0, waiting: 0 });
  });

  it('does not do a job twice that is added again', async () => {
    const yard = new Yard(store, untilAborted);
    await Promise.all([yard.add('a'), yard.add('a')]);
    expect(yard.counts).toEqual({ running: 1, waiting: 0 });
    await settled(yard);
  });

  it('does no more jobs at once than it may, in the order they were added', async () => {
    const ends = new Map<string, () => void>();
    const order: string[] = [];
    const yard = new Yard(store, ({ id }) => {
      order.push(id);
      return new Promise((resolve) => ends.set(id, resolve));
    });
    await Promise.all(['a', 'b', 'c', 'd'].map((id) => yard.add(id)));
    await yard.begins('b');
    expect(yard.counts).toEqual({ running: 2, waiting: 2 });
    ends.get('b')!();
    await yard.begins('c');
    expect(order).toEqual(['a', 'b', 'c']);
    for (const id of ['a', 'c', 'd']) {
      await yard.begins(id);
      ends.get(id)!();
    }
    await settled(yard);
  });

  it('tries again a little later, and gives up after as many tries as it may', async () => {
    const tries: number[] = [];
    const yard = new Yard(store, async ({ attempt }) => {
      tries.push(attempt);
      throw new Error('derailed');
    });
    await yard.add('a', { attempts: 3, backoffMs: 5 });
    await yard.begins('a', 3);
    await settled(yard);
    expect(tries).toEqual([1, 2, 3]);
    expect(await kept()).toEqual([]);
  });

  it('aborts a job that is cancelled, with the reason, and does not try it again', async () => {
    const yard = new Yard(store, untilAborted);
    await yard.add('a', { attempts: 3 });
    const { signal } = await yard.begins('a');
    await yard.queue.cancel('shunt', 'a', new Error('enough'));
    expect(signal.reason).toEqual(new Error('enough'));
    await yard.ends('a');
    await settled(yard);
    expect(await kept()).toEqual([]);
  });

  it('hands a job that is cancelled while it waits to its handler at once, aborted', async () => {
    const yard = new Yard(store, untilAborted, { concurrency: 1 });
    await yard.add('a');
    await yard.add('b');
    await yard.queue.cancel('shunt', 'b');
    expect((await yard.begins('b')).signal.reason).toBeInstanceOf(JobCancelled);
    await yard.ends('b');
    expect(yard.counts.running).toBeGreaterThanOrEqual(1);
    await settled(yard);
    expect(await kept()).toEqual([]);
  });

  it('ends what runs when it is stopped, and keeps what waits for the next process', async () => {
    const before = new Yard(store, untilAborted, { concurrency: 1 });
    await before.add('a');
    await before.add('b');
    await before.begins('a');
    await before.queue.stop('shunt', new Error('closing'));
    expect(await kept()).toMatchObject([{ id: 'b', state: 'queued' }]);
    await restart();
    const after = new Yard(store, done);
    await after.queue.recover('shunt');
    expect(await after.begins('b')).toMatchObject({ attempt: 1, interruptions: 0 });
    expect(after.left).toEqual([['b', false, 0]]);
    await settled(after);
  });

  it('does again after a crash what was being done, and then what waited', async () => {
    const before = new Yard(store, forever, { concurrency: 1 });
    for (const id of ['z', 'y', 'x']) await before.add(id);
    await before.begins('z');
    await restart();
    const order: string[] = [];
    const after = new Yard(store, async ({ id, attempt }) => void order.push(`${id} ${attempt}`), { concurrency: 1 });
    await after.queue.recover('shunt');
    await after.begins('x');
    expect(order).toEqual(['z 1', 'y 1', 'x 1']);
    expect(after.left.map(([id, wasRunning, times]) => [id, wasRunning, times])).toEqual([
      ['z', true, 1],
      ['y', false, 0],
      ['x', false, 0],
    ]);
    await settled(after);
    expect(await kept()).toEqual([]);
  });

  it('counts how often a job died with its process, and drops one whose handler will not have it', async () => {
    for (const times of [1, 2]) {
      const yard = new Yard(store, forever);
      if (times === 1) await yard.add('a');
      await yard.queue.recover('shunt');
      await yard.begins('a');
      await restart();
    }
    const after = new Yard(store, forever, { accepts: false });
    await after.queue.recover('shunt');
    expect(after.left).toEqual([['a', true, 2]]);
    expect(await kept()).toEqual([]);
    expect(after.counts).toEqual({ running: 0, waiting: 0 });
  });

  it('keeps the time of the next try over a restart', async () => {
    const before = new Yard(store, () => Promise.reject(new Error('derailed')), { concurrency: 1 });
    await before.add('a', { attempts: 2, backoffMs: 60_000 });
    await before.ends('a');
    await new Promise((resolve) => setImmediate(resolve));
    expect(before.counts).toEqual({ running: 0, waiting: 1 });
    await before.queue.stop('shunt', new Error('closing'));
    expect(await kept()).toMatchObject([{ id: 'a', state: 'queued', attempt: 1 }]);
    await restart();
    const after = new Yard(store, done);
    await after.queue.recover('shunt');
    expect(after.counts).toEqual({ running: 0, waiting: 1 });
    await settled(after);
  });
});
