import { once } from 'node:events';
import { filter, firstValueFrom, ReplaySubject } from 'rxjs';
import { JobCancelled, type Job, type JobQueue } from '../../src/jobs/index.js';
import { until } from '../harness/until.js';

interface Load {
  wagons: number;
}
type Work = (job: Job<Load>, signal: AbortSignal) => Promise<void>;

/** A store for jobs, and the processes that run them. */
export interface JobsHost {
  /** The same store in another process. */
  process(): Promise<JobQueue>;
  /** Kills every process, without any clean-up. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** A process whose jobs the test controls. */
export class Yard {
  private readonly begun = new ReplaySubject<Job<Load> & { signal: AbortSignal }>();
  private readonly over = new ReplaySubject<string>();

  constructor(
    readonly queue: JobQueue,
    work: Work,
    concurrency = 2,
  ) {
    queue.process<Load>('shunt', concurrency, async (job, signal) => {
      this.begun.next({ ...job, signal });
      try {
        await work(job, signal);
      } finally {
        this.over.next(job.id);
      }
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

  /** Waits until a job is deleted. */
  async forgets(id: string): Promise<void> {
    await until(`${id} forgotten`, async () => !(await this.queue.has('shunt', id)));
  }

  get counts() {
    return this.queue.counts('shunt');
  }
}

export const forever: Work = () => new Promise<void>(() => undefined);
export const done: Work = () => Promise.resolve();
export const untilAborted: Work = async (_job, signal) => {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
};

/** Checks the rules of every job queue. */
export function jobsConformance(name: string, open: () => Promise<JobsHost>): void {
  describe(`the job queue ${name}`, () => {
    let host: JobsHost;
    const yards: Yard[] = [];
    beforeEach(async () => {
      host = await open();
    });
    afterEach(async () => {
      await Promise.all(yards.splice(0).map(({ queue }) => queue.stop('shunt', new Error('the test is over'))));
      await host.close();
    });
    const yard = async (work: Work, concurrency?: number) => {
      const made = new Yard(await host.process(), work, concurrency);
      yards.push(made);
      await made.queue.begin('shunt');
      return made;
    };
    const crash = async () => {
      yards.splice(0);
      await host.crash();
    };

    it('runs a job with its data and then forgets it', async () => {
      const one = await yard(done);
      await one.add('a');
      expect(await one.begins('a')).toMatchObject({ id: 'a', data: { wagons: 3 }, attempt: 1, interruptions: 0 });
      await one.forgets('a');
      expect(await one.counts).toEqual({ running: 0, waiting: 0 });
    });

    it('runs a job once though it is added twice', async () => {
      const one = await yard(untilAborted);
      await Promise.all([one.add('a'), one.add('a')]);
      await one.begins('a');
      expect(await one.counts).toEqual({ running: 1, waiting: 0 });
    });

    it('runs jobs in the order they were added, no more at once than its limit', async () => {
      const ends = new Map<string, () => void>();
      const order: string[] = [];
      const one = await yard(({ id }) => {
        order.push(id);
        return new Promise((resolve) => ends.set(id, resolve));
      });
      for (const id of ['a', 'b', 'c', 'd']) await one.add(id);
      await one.begins('b');
      expect(await one.counts).toEqual({ running: 2, waiting: 2 });
      ends.get('b')!();
      await one.begins('c');
      expect(order).toEqual(['a', 'b', 'c']);
      for (const id of ['a', 'c', 'd']) {
        await one.begins(id);
        ends.get(id)!();
      }
    });

    it('tries a failed job again a little later, and gives up after its last try', async () => {
      const tries: number[] = [];
      const one = await yard(async ({ attempt }) => {
        tries.push(attempt);
        throw new Error('derailed');
      });
      await one.add('a', { attempts: 3, backoffMs: 5 });
      await one.forgets('a');
      expect(tries).toEqual([1, 2, 3]);
    });

    it('aborts a cancelled job, with the reason, and does not try it again', async () => {
      const one = await yard(untilAborted);
      await one.add('a', { attempts: 3 });
      const { signal } = await one.begins('a');
      await one.queue.cancel('shunt', 'a', new Error('enough'));
      expect(signal.reason).toEqual(new Error('enough'));
      await one.forgets('a');
    });

    it('passes a job that is cancelled while it waits to its handler at once, aborted', async () => {
      const one = await yard(untilAborted, 1);
      await one.add('a');
      await one.begins('a');
      await one.add('b');
      await one.queue.cancel('shunt', 'b');
      expect((await one.begins('b')).signal.reason).toBeInstanceOf(JobCancelled);
      await one.forgets('b');
      expect(await one.counts).toEqual({ running: 1, waiting: 0 });
    });

    it('has nothing to cancel once a job has ended', async () => {
      const one = await yard(done);
      await one.add('a');
      await one.forgets('a');
      await one.queue.cancel('shunt', 'a');
      expect(await one.queue.has('shunt', 'a')).toBe(false);
    });

    it('ends running jobs when it is stopped, and keeps waiting ones for another process', async () => {
      const before = await yard(untilAborted, 1);
      await before.add('a');
      await before.begins('a');
      await before.add('b');
      await before.queue.stop('shunt', new Error('closing'));
      await before.ends('a');
      await crash();
      const after = await yard(done);
      expect(await after.begins('b')).toMatchObject({ attempt: 1, interruptions: 0 });
      await after.forgets('b');
      expect(await after.queue.has('shunt', 'a')).toBe(false);
    });

    it('runs the jobs again after a crash that ran or waited', async () => {
      const before = await yard(forever, 1);
      for (const id of ['z', 'y', 'x']) await before.add(id);
      await before.begins('z');
      await crash();
      const after = await yard(done, 1);
      const begun = await Promise.all(['z', 'y', 'x'].map((id) => after.begins(id)));
      expect(begun.map(({ attempt, interruptions }) => [attempt, interruptions])).toEqual([
        [1, 1],
        [1, 0],
        [1, 0],
      ]);
      for (const id of ['z', 'y', 'x']) await after.forgets(id);
    });

    it('counts how often a job died with its process', async () => {
      for (const interruptions of [0, 1, 2]) {
        const one = await yard(forever);
        if (interruptions === 0) await one.add('a');
        expect(await one.begins('a')).toMatchObject({ attempt: 1, interruptions });
        if (interruptions < 2) await crash();
      }
      yards.splice(0);
    });

    it('keeps the time of the next try over a restart', async () => {
      const before = await yard(() => Promise.reject(new Error('derailed')), 1);
      await before.add('a', { attempts: 2, backoffMs: 60_000 });
      await before.ends('a');
      const waits = async (one: Yard) => {
        await until('a job that waits', async () => (await one.counts).waiting > 0);
        return one.counts;
      };
      expect(await waits(before)).toEqual({ running: 0, waiting: 1 });
      await before.queue.stop('shunt', new Error('closing'));
      await crash();
      expect(await waits(await yard(done))).toEqual({ running: 0, waiting: 1 });
    });
  });
}
