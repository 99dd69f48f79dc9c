import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { STORE, type Store } from '@switchyard/server';
import { JobCancels } from './job.cancels.js';
import { JobLine } from './job.line.js';
import { JobQueue, type JobCounts, type JobHandler, type JobOptions } from './job.queue.js';

/** A job queue in the application's own store: a process does what it was asked for, and what the one before it left. */
@Injectable()
export class EmbeddedJobQueue extends JobQueue implements BeforeApplicationShutdown {
  private readonly logger = new Logger('jobs');
  private readonly lines = new Map<string, JobLine>();
  private readonly releases: (() => void)[] = [];

  constructor(@Inject(STORE) private readonly store: Store) {
    super();
  }

  override process<T extends object>(name: string, concurrency: number, handler: JobHandler<T>): void {
    // What is read back under a name is what was put in under it.
    this.lines.set(name, new JobLine(name, concurrency, handler, this.store));
  }

  override enqueue(name: string, data: object, options: JobOptions): Promise<void> {
    return this.line(name).add(data, options);
  }

  override async recover(name: string): Promise<void> {
    const line = this.line(name);
    await line.takeUp();
    const failed = (error: unknown) => this.logger.error(error);
    this.releases.push(await new JobCancels(name, this.store).heed((id) => line.cancel(id), failed));
  }

  override async cancel(name: string, id: string, reason?: Error): Promise<void> {
    if (!this.line(name).cancel(id, reason)) await new JobCancels(name, this.store).ask(id);
  }

  override counts(name: string): JobCounts {
    return this.line(name).counts();
  }

  override stop(name: string, reason: Error): Promise<void> {
    return this.line(name).stop(reason);
  }

  beforeApplicationShutdown(): void {
    for (const release of this.releases.splice(0)) release();
  }

  private line(name: string): JobLine {
    const line = this.lines.get(name);
    if (!line) throw new TypeError(`unable to find the jobs called ${name}; nobody processes them`);
    return line;
  }
}
