import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Store } from '@switchyard/server';
import { RedisQueue, type BullOptions } from './redis.queue.js';
import { JobCancels } from './job.cancels.js';
import { JobQueue, type JobCounts, type JobOptions, type JobRun } from './job.queue.js';

interface Named {
  line: RedisQueue;
  cancels: JobCancels;
}

/** A job queue in Redis that all processes take from; one that is killed leaves its jobs to the others. */
export class BullJobQueue extends JobQueue implements BeforeApplicationShutdown {
  private readonly logger = new Logger('jobs');
  private readonly lines = new Map<string, Named>();
  private readonly releases: (() => void)[] = [];

  constructor(
    private readonly store: Store,
    private readonly options: BullOptions,
  ) {
    super();
  }

  override process<T extends object>(name: string, concurrency: number, run: JobRun<T>): void {
    const cancels = new JobCancels(name, this.store);
    // What is read back under a name is what was put in under it.
    const line = new RedisQueue(name, concurrency, run as JobRun<object>, cancels, this.options);
    this.lines.set(name, { line, cancels });
  }

  override enqueue(name: string, data: object, options: JobOptions): Promise<void> {
    return this.named(name).line.add(data, options);
  }

  override async begin(name: string): Promise<void> {
    const { line, cancels } = this.named(name);
    const failed = (error: unknown) => this.logger.error(error);
    this.releases.push(await cancels.heed((id) => line.abort(id), failed));
    await line.begin();
  }

  override has(name: string, id: string): Promise<boolean> {
    return this.named(name).line.has(id);
  }

  override cancel(name: string, id: string, reason?: Error): Promise<void> {
    return this.named(name).line.cancel(id, reason);
  }

  override counts(name: string): Promise<JobCounts> {
    return this.named(name).line.counts();
  }

  override stop(name: string, reason: Error): Promise<void> {
    return this.named(name).line.stop(reason);
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const release of this.releases.splice(0)) release();
    await Promise.all([...this.lines.values()].map(({ line }) => line.close()));
  }

  private named(name: string): Named {
    const named = this.lines.get(name);
    if (!named) throw new TypeError(`unable to find the jobs called ${name}; nobody processes them`);
    return named;
  }
}
