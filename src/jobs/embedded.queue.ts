import type { Store } from '@switchyard/server';
import { LocalQueue } from './local.queue.js';
import { JobQueue, type JobCounts, type JobOptions, type JobRun } from './job.queue.js';

/** A job queue in the application's store, for one process: it does its own jobs and those that an earlier process left. */
export class EmbeddedJobQueue extends JobQueue {
  private readonly queues = new Map<string, LocalQueue>();

  constructor(private readonly store: Store) {
    super();
  }

  override process<T extends object>(name: string, concurrency: number, run: JobRun<T>): void {
    // All jobs of a name have the same type, T.
    this.queues.set(name, new LocalQueue(name, concurrency, run as JobRun<object>, this.store));
  }

  override enqueue(name: string, data: object, options: JobOptions): Promise<void> {
    return this.named(name).add(data, options);
  }

  override begin(name: string): Promise<void> {
    return this.named(name).begin();
  }

  override has(name: string, id: string): Promise<boolean> {
    return this.named(name).has(id);
  }

  override async cancel(name: string, id: string, reason?: Error): Promise<void> {
    this.named(name).cancel(id, reason);
  }

  override async counts(name: string): Promise<JobCounts> {
    return this.named(name).counts();
  }

  override stop(name: string, reason: Error): Promise<void> {
    return this.named(name).stop(reason);
  }

  private named(name: string): LocalQueue {
    const queue = this.queues.get(name);
    if (!queue) throw new TypeError(`unable to find the jobs called ${name}; nobody processes them`);
    return queue;
  }
}
