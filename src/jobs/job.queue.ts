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

/**
 * Does a job; throwing makes it a failed try. The signal is aborted with the reason of its cancellation, perhaps before
 * this is called: a job that is cancelled while it waits gets here too, so that it can say how it ended.
 */
export type JobRun<T extends object> = (job: Job<T>, signal: AbortSignal) => Promise<void>;

/** How many jobs there are of a name, in every process: those that wait for their turn or next try, and those being done. */
export interface JobCounts {
  waiting: number;
  running: number;
}

/** Why a job is aborted when nobody gave a reason. */
export class JobCancelled extends Error {
  override readonly name = 'JobCancelled';
}

/**
 * Work in the background that outlives the process, done at least once: a job whose process died is done again, and so
 * is one whose process was only taken for dead. Whoever does it looks first what there is left to do.
 */
export abstract class JobQueue {
  /** Names who does the jobs of a name, at most `concurrency` at once in a process; to be called once for each name. */
  abstract process<T extends object>(name: string, concurrency: number, run: JobRun<T>): void;
  /** Adds a job; it is kept when the promise resolves. @throws Fault `store.unavailable` */
  abstract enqueue(name: string, data: object, options: JobOptions): Promise<void>;
  /** Begins to do the jobs of a name, those first that earlier processes left. @throws Fault `store.unavailable` */
  abstract begin(name: string): Promise<void>;
  /** Whether a job has not ended yet. @throws Fault `store.unavailable` */
  abstract has(name: string, id: string): Promise<boolean>;
  /**
   * Aborts a job, wherever it is; the reason reaches it only in this process, elsewhere it is `JobCancelled`.
   *
   * @throws Fault `store.unavailable`
   */
  abstract cancel(name: string, id: string, reason?: Error): Promise<void>;
  /** What there is to do of a name. @throws Fault `store.unavailable` */
  abstract counts(name: string): Promise<JobCounts>;
  /** Begins no more jobs of a name, aborts those this process does and waits for their end; what waits is kept. */
  abstract stop(name: string, reason: Error): Promise<void>;
}
