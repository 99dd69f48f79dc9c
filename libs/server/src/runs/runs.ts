import { Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { startTimer } from '../timer/long.timer.js';
import { RunAborted, type RunAbortReason } from './run.aborted.js';
import type { OrphanHandler } from './orphan.handler.js';
import type { RunLeases } from './run.leases.js';

/** The work of a run; it publishes the run's end, soon after the signal is aborted. */
export type RunWork = (signal: AbortSignal) => Promise<unknown>;

/** The options of a service's runs; times in ms. */
export interface RunsOptions {
  /** The queue in which runs wait, for example a `PQueue`. */
  queue?: { add(task: () => Promise<void>): Promise<unknown> };
  /** Returns how long the work of a run may take. */
  limitMs?: () => number;
}

interface ActiveRun {
  abort(reason: RunAborted): void;
  isAborted(): boolean;
  ended: Promise<void>;
  /** Settles once the last event is published or has failed; absent before the last event. */
  last?: Promise<unknown>;
}

/** The runs of one service in this process, each with its lease. */
export class Runs {
  private readonly logger: Logger;
  private readonly active = new Map<string, ActiveRun>();
  private isClosed = false;

  constructor(
    private readonly leases: RunLeases,
    readonly service: string,
    private readonly options: RunsOptions = {},
  ) {
    this.logger = new Logger(`runs:${service}`);
  }

  /** Whether this process does a run, or has queued it. */
  has(id: string): boolean {
    return this.active.has(id);
  }

  /** Ends the runs of dead processes, now and later. @throws Fault `store.unavailable` */
  watchOrphans(handler: Pick<OrphanHandler, 'unfinished' | 'isUnfinished' | 'end'>): Promise<void> {
    const lost = async (id: string) => {
      await this.abort(id, 'interrupted');
      // The run may be over here, with only its last event still to be published.
      this.leases.leave(this.service, id);
    };
    return this.leases.watchOrphans({ ...handler, service: this.service, lost });
  }

  /**
   * Begins a run: takes its lease, calls `open` to publish it, and does its work when its turn comes. Resolves after
   * `open`, or to false when a run with this id goes on already, here or in another process.
   *
   * @throws Fault `store.unavailable`, `service.draining`; what `open` throws
   */
  async begin(id: string, work: RunWork, open: () => Promise<unknown>): Promise<boolean> {
    if (this.isClosed) throw new Fault('service.draining');
    // A run that is ending here still has the lease; it would release the lease of the next run too.
    const before = this.active.get(id);
    if (before?.last || before?.isAborted()) await before.ended;
    if (!(await this.hold(id))) return false;
    try {
      await open();
    } catch (error) {
      this.leases.leave(this.service, id);
      throw error;
    }
    void this.run(id, work);
    return true;
  }

  /** Takes the lease of a run; false when it is taken. @throws Fault `store.unavailable` */
  hold(id: string): Promise<boolean> {
    return this.leases.hold(this.service, id);
  }

  /** Waits for the lease of a run and takes it. @throws the signal's reason; Fault `store.unavailable` */
  acquire(id: string, signal: AbortSignal): Promise<void> {
    return this.leases.acquire(this.service, id, signal);
  }

  /** Releases the lease of a run that goes on later, here or in another process. */
  handOver(id: string): void {
    this.leases.handOver(this.service, id);
  }

  /**
   * Does the work of a run; a run without a lease takes it with its first event. Resolves once the work is done, even if
   * it throws. If `outer` is aborted, so is the run.
   */
  run(id: string, work: RunWork, outer?: AbortSignal): Promise<void> {
    const controller = new AbortController();
    let isBegun = false;
    let begin!: () => Promise<void>;
    const ended = new Promise<void>((resolve) => {
      begin = async () => {
        if (isBegun) return ended;
        isBegun = true;
        await this.work(id, work, controller);
        resolve();
      };
    });
    const abort = (reason: RunAborted) => {
      controller.abort(reason);
      // A run that waits in the queue ends at once.
      void begin();
    };
    this.active.set(id, { abort, isAborted: () => controller.signal.aborted, ended });
    const follow = () => abort(RunAborted.from(outer?.reason));
    if (this.isClosed) abort(new RunAborted('interrupted'));
    else if (outer?.aborted) follow();
    else void (this.options.queue?.add(begin) ?? begin());
    outer?.addEventListener('abort', follow, { once: true });
    return ended.then(() => outer?.removeEventListener('abort', follow));
  }

  /** Stops a run without waiting for its end; false when this process does not do it. */
  stop(id: string): boolean {
    const run = this.active.get(id);
    if (!run || run.last) return false;
    run.abort(new RunAborted('stopped'));
    return true;
  }

  /** Aborts a run; resolves once its end is published. Undefined when this process does not do it. */
  abort(id: string, kind: RunAbortReason, why?: string): Promise<void> | undefined {
    const run = this.active.get(id);
    run?.abort(new RunAborted(kind, why));
    return run?.ended;
  }

  /** Publishes an event of a run; see `RunLeases.publish`. */
  publish<T>(id: string, isLast: boolean, publish: () => Promise<T>): Promise<T> {
    const publishing = this.leases.publish(this.service, id, isLast, publish);
    const run = this.active.get(id);
    if (run && isLast) run.last = Promise.allSettled([publishing]);
    return publishing;
  }

  /** Ends every run as interrupted, and lets no new one begin; resolves once the ends are published. */
  async close(): Promise<void> {
    this.isClosed = true;
    const ending = [...this.active.values()];
    for (const { abort } of ending) abort(new RunAborted('interrupted'));
    await Promise.all(ending.map(({ ended }) => ended));
  }

  private async work(id: string, work: RunWork, controller: AbortController): Promise<void> {
    const limit = this.options.limitMs?.();
    const timedOut = () => controller.abort(new RunAborted('timeout'));
    const stopTimer = limit === undefined ? undefined : startTimer(limit, timedOut);
    try {
      await work(controller.signal);
    } catch (error) {
      this.logger.warn(`unable to publish the end of ${id} yet; ${String(error)}`);
    } finally {
      stopTimer?.();
      // Without its lease, another process would publish a second end.
      await this.active.get(id)?.last;
      this.active.delete(id);
      this.leases.leave(this.service, id);
    }
  }
}
