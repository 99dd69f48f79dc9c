import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Store } from '@switchyard/server';
import { RedisQueue, type BullOptions } from './redis.queue.js';
import { JobCancels } from './job.cancels.js';
import { JobQueue, type JobCounts, type JobOptions, type JobRun } from './job.queue.js';

interface NamedQueue {
  queue: RedisQueue;
  cancels: JobCancels;
}

/** A job queue in Redis, from which all processes take jobs; when one dies, the others do its jobs. */
export class BullJobQueue extends JobQueue implements BeforeApplicationShutdown {
  private readonly logger = new Logger('jobs');
  private readonly queues = new Map<string, NamedQueue>();
  private readonly releases: (() => void)[] = [];

  constructor(
    private readonly store: Store,
    private readonly options: BullOptions,
  ) {
    super();
  }

  override process<T extends object>(name: string, concurrency: number, run: JobRun<T>): void {
    const cancels = new JobCancels(name, this.store);
    // All jobs of a name have the same type, T.
    const queue = new RedisQueue(name, concurrency, run as JobRun<object>, cancels, this.options);
    this.queues.set(name, { queue, cancels });
  }

  override enqueue(name: string, data: object, options: JobOptions): Promise<void> {
    return this.named(name).queue.add(data, options);
  }

  override async begin(name: string): Promise<void> {
    const { queue, cancels } = this.named(name);
    const failed = (error: unknown) => this.logger.error(error);
    this.releases.push(await cancels.watch((id) => queue.abort(id), failed));
    await queue.begin();
  }

  override has(name: string, id: string): Promise<boolean> {
    return this.named(name).queue.has(id);
  }

  override cancel(name: string, id: string, reason?: Error): Promise<void> {
    return this.named(name).queue.cancel(id, reason);
  }

  override counts(name: string): Promise<JobCounts> {
    return this.named(name).queue.counts();
  }

  override stop(name: string, reason: Error): Promise<void> {
    return this.named(name).queue.stop(reason);
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const release of this.releases.splice(0)) release();
    await Promise.all([...this.queues.values()].map(({ queue }) => queue.close()));
  }

  private named(name: string): NamedQueue {
    const named = this.queues.get(name);
    if (!named) throw new TypeError(`unable to find the jobs called ${name}; nobody processes them`);
    return named;
  }
}
