/** A job as its handler gets it; `data` is plain JSON. */
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

/** How a job is done. */
export interface JobOptions {
  /** The id of the job; a second job with the same id is not added. */
  id: string;
  /** The largest number of tries; default 1. */
  attempts?: number;
  /** The wait before the second try, in ms; doubled for each further try, with a jitter of a quarter. Default 1000. */
  backoffMs?: number;
}

/**
 * Does a job; an error makes it a failed try. The signal is aborted when the job is cancelled. A job that is cancelled
 * while it waits is called with an aborted signal, so that it can publish its end.
 */
export type JobRun<T extends object> = (job: Job<T>, signal: AbortSignal) => Promise<void>;

/** The numbers of a name's jobs in all processes: waiting for their turn or next try, and running. */
export interface JobCounts {
  waiting: number;
  running: number;
}

/** The reason of an aborted job when the canceller gave none. */
export class JobCancelled extends Error {
  override readonly name = 'JobCancelled';
}

/**
 * Background work that outlives its process. A job is done at least once: again when its process died, or was only
 * taken for dead. So a handler first checks what is left to do.
 */
export abstract class JobQueue {
  /** Sets the handler of a name's jobs, and how many run at once in a process; call it once for each name. */
  abstract process<T extends object>(name: string, concurrency: number, run: JobRun<T>): void;
  /** Adds a job; it is stored when the promise resolves. @throws Fault `store.unavailable` */
  abstract enqueue(name: string, data: object, options: JobOptions): Promise<void>;
  /** Begins to do the jobs of a name; those that earlier processes left come first. @throws Fault `store.unavailable` */
  abstract begin(name: string): Promise<void>;
  /** Whether a job waits or runs. @throws Fault `store.unavailable` */
  abstract has(name: string, id: string): Promise<boolean>;
  /**
   * Cancels a job in any process; the reason reaches it in this process only, in others it is `JobCancelled`.
   *
   * @throws Fault `store.unavailable`
   */
  abstract cancel(name: string, id: string, reason?: Error): Promise<void>;
  /** Counts the jobs of a name. @throws Fault `store.unavailable` */
  abstract counts(name: string): Promise<JobCounts>;
  /** Stops taking jobs of a name, aborts the running jobs of this process and waits for their end; waiting jobs stay. */
  abstract stop(name: string, reason: Error): Promise<void>;
}
