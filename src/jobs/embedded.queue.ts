import type { Store } from '@switchyard/server';
import { LocalQueue } from './local.queue.js';
import { JobQueue, type JobCounts, type JobOptions, type JobRun } from './job.queue.js';

/** A job queue in the application's own store, for one process: it does what it was asked for, and what the one before it left. */
export class EmbeddedJobQueue extends JobQueue {
  private readonly lines = new Map<string, LocalQueue>();

  constructor(private readonly store: Store) {
    super();
  }

  override process<T extends object>(name: string, concurrency: number, run: JobRun<T>): void {
    // What is read back under a name is what was put in under it.
    this.lines.set(name, new LocalQueue(name, concurrency, run as JobRun<object>, this.store));
  }

  override enqueue(name: string, data: object, options: JobOptions): Promise<void> {
    return this.line(name).add(data, options);
  }

  override begin(name: string): Promise<void> {
    return this.line(name).begin();
  }

  override has(name: string, id: string): Promise<boolean> {
    return this.line(name).has(id);
  }

  override async cancel(name: string, id: string, reason?: Error): Promise<void> {
    this.line(name).cancel(id, reason);
  }

  override async counts(name: string): Promise<JobCounts> {
    return this.line(name).counts();
  }

  override stop(name: string, reason: Error): Promise<void> {
    return this.line(name).stop(reason);
  }

  private line(name: string): LocalQueue {
    const line = this.lines.get(name);
    if (!line) throw new TypeError(`unable to find the jobs called ${name}; nobody processes them`);
    return line;
  }
}
