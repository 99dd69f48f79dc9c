/** Work that was asked for, as its handler gets it; `data` is plain JSON. */
export interface Job<T extends object> {
  id: string;
  data: T;
  /** Which try this is, from 1; a try that died with its process is not counted. */
  attempt: number;
  /** How many tries there may be. */
  attempts: number;
  /** How often a try of it died with its process. */
  interruptions: number;
}

/** How a job is to be done. */
export interface JobOptions {
  /** A job that is known under this id is not added again. */
  id: string;
  /** Tries before it is given up; default 1. */
  attempts?: number;
  /** Milliseconds before the second try; doubled for each further one, give or take a quarter. Default 1000. */
  backoffMs?: number;
}

/** Does the jobs of one name. */
export interface JobHandler<T extends object> {
  /**
   * Does the job; throwing makes it a failed try. The signal is aborted with the reason of its cancellation, perhaps
   * before this is called: a job that is cancelled while it waits gets here too, so that it can say how it ended.
   */
  run(job: Job<T>, signal: AbortSignal): Promise<void>;
  /**
   * Is told of a job that an earlier process left, before it is done; `wasRunning` when that process had begun it.
   * False drops the job.
   */
  left(job: Job<T>, wasRunning: boolean): Promise<boolean>;
}

/** How many jobs of a name this process has that wait, for their turn or their next try, and that are being done. */
export interface JobCounts {
  waiting: number;
  running: number;
}

/** Why a job is aborted when nobody gave a reason. */
export class JobCancelled extends Error {
  override readonly name = 'JobCancelled';
}

/** Work in the background that outlives the process: done at least once, by one process at a time. */
export abstract class JobQueue {
  /** Names who does the jobs of a name, at most `concurrency` at once; to be called once for each name. */
  abstract process<T extends object>(name: string, concurrency: number, handler: JobHandler<T>): void;
  /** Adds a job; it is kept when the promise resolves. @throws Fault `store.unavailable`, and then it is not done */
  abstract enqueue(name: string, data: object, options: JobOptions): Promise<void>;
  /** Takes up what an earlier process left of a name, and from now on heeds other processes that cancel jobs. */
  abstract recover(name: string): Promise<void>;
  /** Aborts a job, wherever it is; the reason reaches it only in this process, elsewhere it is `JobCancelled`. */
  abstract cancel(name: string, id: string, reason?: Error): Promise<void>;
  /** What this process has to do of a name. */
  abstract counts(name: string): JobCounts;
  /** Begins no more jobs of a name, aborts those being done and waits for their end; what waits is kept for later. */
  abstract stop(name: string, reason: Error): Promise<void>;
}
