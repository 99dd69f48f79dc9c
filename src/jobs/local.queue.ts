import { Logger } from '@nestjs/common';
import { timerMs, type Store } from '@switchyard/server';
import PQueue from 'p-queue';
import { backOff } from './back-off.js';
import { JobCancelled, type Job, type JobCounts, type JobOptions, type JobRun } from './job.queue.js';
import { dropJob, jobsOf, putJob, type JobRecord } from './job.record.js';

/** A job of this process. */
interface Entry {
  record: JobRecord;
  abort: AbortController;
  /** Whether the job has begun; a job that is cancelled while it waits begins at once. */
  isBegun: boolean;
  ended: Promise<void>;
  timer?: NodeJS.Timeout;
}

/** The jobs of one name in one process, in the order they were added; the store has each job until its end. */
export class LocalQueue {
  private readonly logger: Logger;
  private readonly entries = new Map<string, Entry>();
  private readonly queue: PQueue;
  private isStopped = false;
  private lastAt = 0;

  constructor(
    private readonly name: string,
    concurrency: number,
    private readonly run: JobRun<object>,
    private readonly store: Store,
  ) {
    this.logger = new Logger(`${name} jobs`);
    this.queue = new PQueue({ concurrency, autoStart: false });
  }

  /** Stores a job and queues it. */
  async add(data: object, { id, attempts = 1, backoffMs = 1000 }: JobOptions): Promise<void> {
    if (this.entries.has(id)) return;
    const now = Date.now();
    // No two times are equal, so that jobs of the same millisecond stay in order.
    this.lastAt = Math.max(now, this.lastAt + 1);
    const times = { enqueued_at: this.lastAt, due_at: now };
    const job = { id, data, attempt: 0, attempts, interruptions: 0 };
    const entry = this.register({ ...job, ...times, state: 'queued', backoffMs });
    try {
      await this.put(entry.record);
    } catch (error) {
      if (!entry.isBegun) this.entries.delete(id);
      throw error;
    }
    this.wait(entry);
  }

  /** Aborts a job; false when there is no job with this id. */
  cancel(id: string, reason: Error = new JobCancelled(`${this.name} ${id} was cancelled`)): boolean {
    const entry = this.entries.get(id);
    if (!entry) return false;
    entry.abort.abort(reason);
    void this.start(entry);
    return true;
  }

  /** Queues the jobs that an earlier process left, and begins to do jobs. */
  async begin(): Promise<void> {
    const records = await this.store.documents.list<JobRecord>(jobsOf(this.name));
    for (const record of records.sort((a, b) => a.enqueued_at - b.enqueued_at)) {
      if (!this.entries.has(record.id)) await this.takeOver(record);
    }
    if (!this.isStopped) this.queue.start();
  }

  /** Whether a job waits or runs. */
  async has(id: string): Promise<boolean> {
    return this.entries.has(id) || (await this.store.documents.get(jobsOf(this.name), id)) !== undefined;
  }

  /** Counts the jobs. */
  counts(): JobCounts {
    const running = [...this.entries.values()].filter(({ isBegun }) => isBegun).length;
    return { running, waiting: this.entries.size - running };
  }

  /** Begins no more jobs, aborts the running ones and waits for their end. */
  async stop(reason: Error): Promise<void> {
    this.isStopped = true;
    const entries = [...this.entries.values()];
    for (const { timer } of entries) clearTimeout(timer);
    const running = entries.filter(({ isBegun }) => isBegun);
    for (const { abort } of running) abort.abort(reason);
    await Promise.all(running.map(({ ended }) => ended));
  }

  private register(record: JobRecord): Entry {
    const entry = { record, abort: new AbortController(), isBegun: false, ended: Promise.resolve() };
    this.entries.set(record.id, entry);
    return entry;
  }

  private wait(entry: Entry): void {
    if (this.isStopped || entry.isBegun) return;
    const wait_ms = entry.record.due_at - Date.now();
    if (wait_ms > 0) entry.timer = setTimeout(() => this.wait(entry), timerMs(wait_ms));
    else void this.queue.add(() => this.start(entry));
  }

  private start(entry: Entry): Promise<void> {
    if (this.isStopped || entry.isBegun) return entry.ended;
    clearTimeout(entry.timer);
    entry.isBegun = true;
    entry.ended = this.attempt(entry).catch((error: unknown) => this.logger.error(error));
    return entry.ended;
  }

  private async attempt(entry: Entry): Promise<void> {
    const { signal } = entry.abort;
    const record: JobRecord = { ...entry.record, state: 'running', attempt: entry.record.attempt + 1 };
    entry.record = record;
    // Do the job even if the store is away; at worst it is done once more after a crash.
    if (!signal.aborted) await this.put(record).catch((error: unknown) => this.logger.warn(error));
    try {
      await this.run(jobOf(record), signal);
    } catch (error) {
      if (!signal.aborted && record.attempt < record.attempts) return this.tryAgain(entry);
      if (!signal.aborted) this.logger.error(error);
    }
    this.entries.delete(record.id);
    await this.store.documents.write([dropJob(this.name, record.id)]);
  }

  private async tryAgain(entry: Entry): Promise<void> {
    const { backoffMs, attempt } = entry.record;
    entry.record = { ...entry.record, state: 'queued', due_at: Date.now() + backOff(backoffMs, attempt) };
    entry.isBegun = false;
    await this.put(entry.record).catch((error: unknown) => this.logger.warn(error));
    this.wait(entry);
  }

  private async takeOver(left: JobRecord): Promise<void> {
    const wasRunning = left.state === 'running';
    const record: JobRecord = {
      ...left,
      state: 'queued',
      attempt: left.attempt - (wasRunning ? 1 : 0),
      interruptions: left.interruptions + (wasRunning ? 1 : 0),
    };
    const entry = this.register(record);
    await this.put(record);
    this.wait(entry);
  }

  private put(record: JobRecord): Promise<void> {
    return this.store.documents.write([putJob(this.name, record)]);
  }
}

function jobOf({ id, data, attempt, attempts, interruptions }: JobRecord): Job<object> {
  return { id, data, attempt, attempts, interruptions };
}
