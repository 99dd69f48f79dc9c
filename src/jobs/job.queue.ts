/** A job as its handler receives it; `data` is plain JSON. */
export interface Job<T extends object> {
  id: string;
  data: T;
  /** The number of this try, from 1; a try whose process died does not count. */
  attempt: number;
  /** The largest number of tries. */
  attempts: number;
  /** How many tries ended because their process died. */
  interruptions: number;
}

/** The options of a job. */
export interface JobOptions {
  /** The id of the job; a second job with the same id is not added. */
  id: string;
  /** The largest number of tries; default 1. */
  attempts?: number;
  /** The wait before the second try, in ms; doubled for each further try, with a jitter of a quarter. Default 1000. */
  backoffMs?: number;
}

/**
 * Does a job; if it throws, the try has failed. The signal is aborted when the job is cancelled. If the job is cancelled
 * while it waits, the handler gets an aborted signal, so that it can publish the end.
 */
export type JobRun<T extends object> = (job: Job<T>, signal: AbortSignal) => Promise<void>;

/** How many jobs of a name wait for their turn or next try, and how many run, in all processes. */
export interface JobCounts {
  waiting: number;
  running: number;
}

/** The abort reason of a job that was cancelled without one. */
export class JobCancelled extends Error {
  override readonly name = 'JobCancelled';
}

/**
 * Does background work that outlives its process. A job is done at least once: it is done again when its process died or
 * seemed dead, so its handler first checks what is left to do.
 */
export abstract class JobQueue {
  /** Sets the handler of a name's jobs and how many a process does at once; call it once for each name. */
  abstract process<T extends object>(name: string, concurrency: number, run: JobRun<T>): void;
  /** Adds a job; it is stored when the promise resolves. @throws Fault `store.unavailable` */
  abstract enqueue(name: string, data: object, options: JobOptions): Promise<void>;
  /** Begins to do the jobs of a name, first those that earlier processes left. @throws Fault `store.unavailable` */
  abstract begin(name: string): Promise<void>;
  /** Whether a job waits or runs. @throws Fault `store.unavailable` */
  abstract has(name: string, id: string): Promise<boolean>;
  /**
   * Cancels a job in any process; a job in another process gets the reason `JobCancelled` instead of `reason`.
   *
   * @throws Fault `store.unavailable`
   */
  abstract cancel(name: string, id: string, reason?: Error): Promise<void>;
  /** Counts the jobs of a name. @throws Fault `store.unavailable` */
  abstract counts(name: string): Promise<JobCounts>;
  /** Takes no more jobs of a name, aborts the running ones of this process and waits for their end; waiting jobs stay queued. */
  abstract stop(name: string, reason: Error): Promise<void>;
}
