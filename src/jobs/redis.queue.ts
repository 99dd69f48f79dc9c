import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { Queue, WaitingError, Worker, type Job as StoredJob } from 'bullmq';
import { backOff } from './back-off.js';
import { BullClients } from './bullmq.clients.js';
import type { JobCancels } from './job.cancels.js';
import { JobCancelled, type Job, type JobCounts, type JobOptions, type JobRun } from './job.queue.js';

/** How long a command waits for Redis to come back, and how often it is tried meanwhile, in ms. */
const MAX_WAIT_MS = 2000;
const TRY_EVERY_MS = 50;
/** How long closing may wait for Redis when this process stops, in ms. */
const CLOSE_MS = 2000;
/** How long the worker waits after a failed command, in ms. */
const RECOVERY_MS = 500;
/** BullMQ fails a job after this many dead processes; it is large because handlers decide that themselves. */
const MAX_DEATHS = 1_000_000;
const MAX_EVENTS = 100;

/** The options of job queues in Redis. */
export interface BullOptions {
  url: string;
  /** How long a process may be silent before other processes take its jobs, in ms. */
  lockMs: number;
  /** The prefix of the keys. */
  prefix?: string;
}

/** A running job of this process. */
interface RunningJob {
  abort: AbortController;
  ended: Promise<void>;
}

/** The jobs of one name in Redis; each process takes them when it has room. */
export class RedisQueue {
  private readonly logger: Logger;
  private readonly clients: BullClients;
  private readonly queue: Queue<object>;
  private readonly worker: Worker<object>;
  private readonly running = new Map<string, RunningJob>();
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
      connection: this.clients.commands,
      prefix,
      streams: { events: { maxLen: MAX_EVENTS } },
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    this.worker = new Worker(name, (job) => this.take(job), {
      connection: this.clients.worker,
      prefix,
      autorun: false,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: MAX_DEATHS,
      runRetryDelay: RECOVERY_MS,
      settings: { backoffStrategy: (failed, _type, _error, job) => backOff(delayOf(job), failed) },
    });
    const log = (error: Error) => this.logger.debug(error.message);
    this.queue.on('error', log);
    this.worker.on('error', log);
    this.worker.on('failed', (job, error) => {
      if (job && job.attemptsMade >= attemptsOf(job)) this.logger.error(error);
    });
  }

  /** Stores a job and queues it. */
  async add(data: object, { id, attempts = 1, backoffMs = 1000 }: JobOptions): Promise<void> {
    const options = { jobId: id, attempts, backoff: { type: 'custom', delay: backoffMs } };
    await this.retry(() => this.queue.add(this.name, data, options));
  }

  /** Begins to take jobs. */
  async begin(): Promise<void> {
    await Promise.all([this.queue.waitUntilReady(), this.worker.waitUntilReady()]);
    this.worker.run().catch((error: unknown) => this.logger.error(error));
  }

  /** Whether a job waits or runs. */
  async has(id: string): Promise<boolean> {
    return (await this.retry(() => this.queue.getJob(id))) !== undefined;
  }

  /** Aborts a running job of this process; false when it runs no job with this id. */
  abort(id: string, reason: Error = new JobCancelled(`${this.name} ${id} was cancelled`)): boolean {
    const running = this.running.get(id);
    running?.abort.abort(reason);
    return running !== undefined;
  }

  /** Cancels a job in any process. */
  async cancel(id: string, reason?: Error): Promise<void> {
    if (this.abort(id, reason)) return;
    const job = await this.retry(() => this.queue.getJob(id));
    if (!job) return;
    // Store the cancellation first: a process that takes the job from now on finds it.
    await this.cancels.add(id);
    if (await this.retry(() => job.isActive())) return;
    void this.start(job, reason ?? new JobCancelled(`${this.name} ${id} was cancelled`))
      .then(() => job.remove())
      .then(() => this.cancels.delete(id))
      // Another process has taken the job and found the cancellation.
      .catch((error: unknown) => this.logger.debug(error));
  }

  /** Counts the jobs. */
  async counts(): Promise<JobCounts> {
    const command = () => this.queue.getJobCounts('wait', 'delayed', 'active');
    const { wait = 0, delayed = 0, active = 0 } = await this.retry(command);
    return { waiting: wait + delayed, running: active };
  }

  /** Takes no more jobs, aborts the running ones and waits for their end. */
  async stop(reason: Error): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    await this.worker.pause(true);
    const running = [...this.running.values()];
    for (const { abort } of running) abort.abort(reason);
    await Promise.allSettled(running.map(({ ended }) => ended));
    const late = pause(CLOSE_MS, undefined, { ref: false });
    await Promise.race([this.worker.close(), late]);
  }

  /** Closes the connections, and leaves jobs that still run to other processes. */
  async close(): Promise<void> {
    this.isStopped = true;
    const closing = Promise.allSettled([this.worker.close(true), this.queue.close()]);
    this.clients.close();
    await Promise.race([closing, pause(CLOSE_MS, undefined, { ref: false })]);
  }

  private async take(job: StoredJob<object>): Promise<void> {
    if (this.isStopped) {
      await job.moveToWait(job.token);
      throw new WaitingError();
    }
    // After a long absence of Redis, this process may get a job again that still runs here.
    const running = this.running.get(job.id!);
    return running ? running.ended : this.start(job);
  }

  private start(job: StoredJob<object>, cancelled?: Error): Promise<void> {
    const id = job.id!;
    const running: RunningJob = { abort: new AbortController(), ended: Promise.resolve() };
    this.running.set(id, running);
    if (cancelled) running.abort.abort(cancelled);
    running.ended = this.attempt(job, running.abort).finally(() => this.running.delete(id));
    return running.ended;
  }

  private async attempt(job: StoredJob<object>, abort: AbortController): Promise<void> {
    const { signal } = abort;
    const isCancelled = !signal.aborted && (await this.cancels.has(job.id!));
    if (isCancelled) abort.abort(new JobCancelled(`${this.name} ${job.id} was cancelled`));
    try {
      await this.run(jobOf(job), signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    if (isCancelled) await this.cancels.delete(job.id!);
  }

  private async retry<T>(command: () => Promise<T>): Promise<T> {
    const until = performance.now() + MAX_WAIT_MS;
    for (;;) {
      try {
        return await command();
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
