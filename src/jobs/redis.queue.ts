import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { Queue, WaitingError, Worker, type Job as StoredJob } from 'bullmq';
import { backOff } from './back-off.js';
import { BullClients } from './bullmq.clients.js';
import type { JobCancels } from './job.cancels.js';
import { JobCancelled, type Job, type JobCounts, type JobOptions, type JobRun } from './job.queue.js';

/** How long Redis may be away before what is asked of it is refused, and how often it is tried meanwhile, in ms. */
const PATIENCE_MS = 2000;
const TRY_EVERY_MS = 50;
/** How long the last words to Redis may take when this process stops, in ms. */
const LAST_WORDS_MS = 2000;
/** How long a worker waits after a command that failed, in ms. */
const RECOVERY_MS = 500;
/** Handlers decide for themselves how often a job may die with its process. */
const MAX_DEATHS = 1_000_000;
const MAX_EVENTS = 100;

/** Where jobs are kept in Redis. */
export interface BullOptions {
  url: string;
  /** How long a process may be silent before its jobs are taken for left, in ms. */
  lockMs: number;
  /** What the keys begin with. */
  prefix?: string;
}

/** A job that this process does. */
interface Doing {
  abort: AbortController;
  ended: Promise<void>;
}

/** The jobs of one name, which each process takes from Redis as it has room for them. */
export class RedisQueue {
  private readonly logger: Logger;
  private readonly clients: BullClients;
  private readonly queue: Queue<object>;
  private readonly worker: Worker<object>;
  private readonly doing = new Map<string, Doing>();
  private isStopped = false;

  constructor(
    private readonly name: string,
    concurrency: number,
    private readonly run: JobRun<object>,
    private readonly cancels: JobCancels,
    { url, lockMs, prefix = 'switchyard:jobs' }: BullOptions,
  ) {
    this.logger = new Logger(`${name} jobs`);
    this.clients = new BullClients(url);
    this.queue = new Queue(name, {
      connection: this.clients.asking,
      prefix,
      streams: { events: { maxLen: MAX_EVENTS } },
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    this.worker = new Worker(name, (job) => this.take(job), {
      connection: this.clients.working,
      prefix,
      autorun: false,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: MAX_DEATHS,
      runRetryDelay: RECOVERY_MS,
      settings: { backoffStrategy: (failed, _type, _error, job) => backOff(delayOf(job), failed) },
    });
    const heard = (error: Error) => this.logger.debug(error.message);
    this.queue.on('error', heard);
    this.worker.on('error', heard);
    this.worker.on('failed', (job, error) => {
      if (job && job.attemptsMade >= attemptsOf(job)) this.logger.error(error);
    });
  }

  /** Keeps a job and has it wait for its turn. */
  async add(data: object, { id, attempts = 1, backoffMs = 1000 }: JobOptions): Promise<void> {
    const options = { jobId: id, attempts, backoff: { type: 'custom', delay: backoffMs } };
    await this.ask(() => this.queue.add(this.name, data, options));
  }

  /** Begins to take jobs. */
  async begin(): Promise<void> {
    await Promise.all([this.queue.waitUntilReady(), this.worker.waitUntilReady()]);
    this.worker.run().catch((error: unknown) => this.logger.error(error));
  }

  /** Whether a job has not ended yet. */
  async has(id: string): Promise<boolean> {
    return (await this.ask(() => this.queue.getJob(id))) !== undefined;
  }

  /** Aborts a job that this process does; false when it does none of this id. */
  abort(id: string, reason: Error = new JobCancelled(`${this.name} ${id} was cancelled`)): boolean {
    const doing = this.doing.get(id);
    doing?.abort.abort(reason);
    return doing !== undefined;
  }

  /** Aborts a job wherever it is. */
  async cancel(id: string, reason?: Error): Promise<void> {
    if (this.abort(id, reason)) return;
    const job = await this.ask(() => this.queue.getJob(id));
    if (!job) return;
    // Before anything else: whoever takes the job from now on finds it cancelled.
    await this.cancels.ask(id);
    if (await this.ask(() => job.isActive())) return;
    void this.begun(job, reason ?? new JobCancelled(`${this.name} ${id} was cancelled`))
      .then(() => job.remove())
      .then(() => this.cancels.forget(id))
      // Another process has it by now, and knows.
      .catch((error: unknown) => this.logger.debug(error));
  }

  /** What there is to do. */
  async counts(): Promise<JobCounts> {
    const question = () => this.queue.getJobCounts('wait', 'delayed', 'active');
    const { wait = 0, delayed = 0, active = 0 } = await this.ask(question);
    return { waiting: wait + delayed, running: active };
  }

  /** Takes no more jobs, aborts what is being done and waits for its end. */
  async stop(reason: Error): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    await this.worker.pause(true);
    const doing = [...this.doing.values()];
    for (const { abort } of doing) abort.abort(reason);
    await Promise.allSettled(doing.map(({ ended }) => ended));
    const late = pause(LAST_WORDS_MS, undefined, { ref: false });
    await Promise.race([this.worker.close(), late]);
  }

  /** Ends the connections; a job that is still being done is left to others. */
  async close(): Promise<void> {
    this.isStopped = true;
    const closing = Promise.allSettled([this.worker.close(true), this.queue.close()]);
    this.clients.close();
    await Promise.race([closing, pause(LAST_WORDS_MS, undefined, { ref: false })]);
  }

  private async take(job: StoredJob<object>): Promise<void> {
    if (this.isStopped) {
      await job.moveToWait(job.token);
      throw new WaitingError();
    }
    // Redis was away for so long that this process lost a job it still does.
    const known = this.doing.get(job.id!);
    return known ? known.ended : this.begun(job);
  }

  private begun(job: StoredJob<object>, cancelled?: Error): Promise<void> {
    const id = job.id!;
    const doing: Doing = { abort: new AbortController(), ended: Promise.resolve() };
    this.doing.set(id, doing);
    if (cancelled) doing.abort.abort(cancelled);
    doing.ended = this.attempt(job, doing.abort).finally(() => this.doing.delete(id));
    return doing.ended;
  }

  private async attempt(job: StoredJob<object>, abort: AbortController): Promise<void> {
    const { signal } = abort;
    const isAsked = !signal.aborted && (await this.cancels.isAsked(job.id!));
    if (isAsked) abort.abort(new JobCancelled(`${this.name} ${job.id} was cancelled`));
    try {
      await this.run(jobOf(job), signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    if (isAsked) await this.cancels.forget(job.id!);
  }

  private async ask<T>(question: () => Promise<T>): Promise<T> {
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await question();
      } catch (cause) {
        if (performance.now() > until) throw new Fault('store.unavailable', undefined, { cause });
        await pause(TRY_EVERY_MS);
      }
    }
  }
}

function jobOf(job: StoredJob<object>): Job<object> {
  const { id, data, attemptsMade, stalledCounter } = job;
  return {
    id: id!,
    data,
    attempt: attemptsMade + 1,
    attempts: attemptsOf(job),
    interruptions: stalledCounter,
  };
}

function attemptsOf({ opts }: StoredJob): number {
  return opts.attempts ?? 1;
}

function delayOf(job: Pick<StoredJob, 'opts'> | undefined): number {
  const backoff = job?.opts.backoff;
  return typeof backoff === 'object' ? (backoff.delay ?? 0) : 0;
}
