import type { ServiceContract } from '@switchyard/contract';
import { BaseRunService, RunAborted, type RunStore, type Runs } from '@switchyard/server';
import type { Job, JobQueue } from './job.queue.js';

/** The options of runs that are jobs. */
export interface RunJobsOptions {
  /** How many runs a process does at once; others wait. */
  concurrency: number;
  /** How often a run is tried before it fails. */
  attempts: number;
  /** The time before the second try, in ms. */
  backoffMs: number;
}

/** How long to wait for the lease of an aborted run that another process has, in ms. */
const LEASE_WAIT_MS = 10_000;

/**
 * The base class of services whose runs outlive their process: each run is a job, and any process with room takes it.
 * `R` is a run as it is stored.
 *
 * The queue chooses the process that does a run, and the run's lease keeps other processes away. When a process dies,
 * another process takes its waiting runs, and its running ones end as interrupted.
 */
export abstract class BaseJobService<C extends ServiceContract, R extends object> extends BaseRunService<C, R> {
  constructor(
    runs: Runs,
    store: RunStore<R>,
    private readonly queue: JobQueue,
    private readonly options: RunJobsOptions,
  ) {
    super(runs, store);
    queue.process<R>(runs.service, options.concurrency, (job, signal) => this.take(job, signal));
  }

  /** Whether a run waits for its turn or its next try. */
  protected abstract isWaiting(run: R): boolean;

  /**
   * Does a run and publishes its end.
   *
   * @param mayRetry whether a failed run may wait for another try; to let it wait, publish that and throw
   */
  protected abstract work(run: R, signal: AbortSignal, mayRetry: boolean): Promise<void>;

  /** Publishes that a run failed because it could not be queued. */
  protected abstract refuse(run: R, error: unknown): void;

  /** Ends a run whose process died, or whose job is lost. */
  protected abstract interrupt(run: R): Promise<unknown>;

  override async onApplicationBootstrap(): Promise<void> {
    await super.onApplicationBootstrap();
    await this.queue.begin(this.runs.service);
  }

  /** Ends the running runs of this process, and leaves the waiting ones to other processes. */
  override async onModuleDestroy(): Promise<void> {
    await this.queue.stop(this.runs.service, new RunAborted('interrupted'));
    await super.onModuleDestroy();
  }

  /** Publishes a run with `open` and queues it; then even the death of this process does not stop it. @throws Fault `store.unavailable` */
  protected async enqueue(run: R, open: () => Promise<unknown>): Promise<void> {
    const { attempts, backoffMs } = this.options;
    const id = this.store.keyOf(run);
    if (!(await this.runs.hold(id))) return;
    try {
      await open();
      await this.queue.enqueue(this.runs.service, run, { id, attempts, backoffMs });
      this.runs.handOver(id);
    } catch (error) {
      // `open` may have published that the run waits.
      this.refuse(run, error);
      throw error;
    }
  }

  /** Stops a run in any process. @throws Fault `store.unavailable` */
  protected cancel(id: string): Promise<void> {
    return this.queue.cancel(this.runs.service, id, new RunAborted('stopped'));
  }

  protected override async endOrphan(run: R): Promise<void> {
    if (this.isWaiting(run) && (await this.queue.has(this.runs.service, this.store.keyOf(run)))) return;
    await this.interrupt(run);
  }

  private async take({ id, data, attempt, attempts }: Job<R>, signal: AbortSignal): Promise<void> {
    // An aborted run must be ended too, which needs its lease.
    await this.runs.acquire(id, signal).catch(() => this.runs.acquire(id, AbortSignal.timeout(LEASE_WAIT_MS)));
    const run = await this.stored(id, data);
    if (this.store.isOver(run)) return this.runs.handOver(id);
    let failure: { error: unknown } | undefined;
    const work = (aborted: AbortSignal) =>
      this.work(run, aborted, attempt < attempts).catch((error: unknown) => void (failure = { error }));
    await this.runs.run(id, work, signal);
    // A job that throws is tried again.
    if (failure) throw failure.error;
  }

  private async stored(id: string, queued: R): Promise<R> {
    try {
      return (await this.store.get(id)) ?? queued;
    } catch (error) {
      this.runs.handOver(id);
      throw error;
    }
  }
}
