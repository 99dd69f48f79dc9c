import { Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { startTimer } from '../timer/long.timer.js';
import { RunAborted, type RunAbortReason } from './run.aborted.js';
import type { OrphanHandler } from './orphan.handler.js';
import type { RunLeases } from './run.leases.js';

/** What a run does; it ends soon once the signal is aborted, and tells its end itself. */
export type RunWork = (signal: AbortSignal) => Promise<unknown>;

/** How the runs of a service go on; times in ms. */
export interface RunsOptions {
  /** Lets them wait their turn, as a `PQueue` does. */
  queue?: { add(task: () => Promise<void>): Promise<unknown> };
  /** How long the work of the next may take. */
  limitMs?: () => number;
}

interface Active {
  cut(kind: RunAbortReason): void;
  /** Whether it was cut; it is over soon. */
  isCut(): boolean;
  ended: Promise<void>;
  /** Settles once the last of it is told, or cannot be; absent until that is tried. */
  last?: Promise<unknown>;
}

/** The runs of one service that go on in this process, each with its lease. */
export class Runs {
  private readonly logger: Logger;
  private readonly active = new Map<string, Active>();
  private isClosed = false;

  constructor(
    private readonly leases: RunLeases,
    readonly service: string,
    private readonly options: RunsOptions = {},
  ) {
    this.logger = new Logger(`runs:${service}`);
  }

  /** Whether a run goes on or waits here. */
  has(id: string): boolean {
    return this.active.has(id);
  }

  /** Sees to it that runs end which nobody works on. @throws Fault `store.unavailable` */
  keep(keeper: Pick<OrphanHandler, 'unfinished' | 'isUnfinished' | 'end'>): Promise<void> {
    const lost = async (id: string) => {
      await this.cut(id, 'interrupted');
      // Also where nothing went on any more but a last word that came late.
      this.leases.leave(this.service, id);
    };
    return this.leases.keep({ ...keeper, service: this.service, lost });
  }

  /**
   * Begins a run: takes its lease, makes it known with `open`, and has `work` done in its turn. Resolves once it is
   * known, to false when a run of this id goes on already, here or elsewhere.
   *
   * @throws Fault `store.unavailable`, `service.draining`; what `open` throws
   */
  async begin(id: string, work: RunWork, open: () => Promise<unknown>): Promise<boolean> {
    if (this.isClosed) throw new Fault('service.draining');
    // One that is being ended here still has the lease, and would take the next one's place with it.
    const before = this.active.get(id);
    if (before?.last || before?.isCut()) await before.ended;
    if (!(await this.leases.hold(this.service, id))) return false;
    try {
      await open();
    } catch (error) {
      this.leases.leave(this.service, id);
      throw error;
    }
    void this.go(id, work);
    return true;
  }

  /** Waits until nobody else works on a run, and has its lease then. @throws the signal's reason; Fault `store.unavailable` */
  acquire(id: string, signal: AbortSignal): Promise<void> {
    return this.leases.acquire(this.service, id, signal);
  }

  /** Does the work of a run whose lease is, or becomes, this process's; resolves once it is done, whatever it throws. */
  go(id: string, work: RunWork): Promise<void> {
    const abort = new AbortController();
    let begun = false;
    let begin!: () => Promise<void>;
    const ended = new Promise<void>((resolve) => {
      begin = async () => {
        if (begun) return ended;
        begun = true;
        await this.work(id, work, abort);
        resolve();
      };
    });
    const cut = (kind: RunAbortReason) => {
      abort.abort(new RunAborted(kind));
      // One that waits its turn need not wait to be ended.
      void begin();
    };
    this.active.set(id, { cut, isCut: () => abort.signal.aborted, ended });
    if (this.isClosed) cut('interrupted');
    else void (this.options.queue?.add(begin) ?? begin());
    return ended;
  }

  /** Has a run stopped, and answers whether it went on here. */
  stop(id: string): boolean {
    const run = this.active.get(id);
    if (!run || run.last) return false;
    run.cut('stopped');
    return true;
  }

  /** Ends a run early; resolves once that is told, undefined when it does not go on here. */
  cut(id: string, kind: RunAbortReason): Promise<void> | undefined {
    const run = this.active.get(id);
    run?.cut(kind);
    return run?.ended;
  }

  /** Has something told of a run; see `RunLeases.tell`. */
  tell<T>(id: string, isLast: boolean, publish: () => Promise<T>): Promise<T> {
    const telling = this.leases.tell(this.service, id, isLast, publish);
    const run = this.active.get(id);
    if (run && isLast) run.last = Promise.allSettled([telling]);
    return telling;
  }

  /** Ends every run as interrupted, those to come too; resolves once that is told. */
  async close(): Promise<void> {
    this.isClosed = true;
    const ending = [...this.active.values()];
    for (const { cut } of ending) cut('interrupted');
    await Promise.all(ending.map(({ ended }) => ended));
  }

  private async work(id: string, work: RunWork, abort: AbortController): Promise<void> {
    const limit = this.options.limitMs?.();
    const stop = limit === undefined ? undefined : startTimer(limit, () => abort.abort(new RunAborted('timeout')));
    try {
      await work(abort.signal);
    } catch (error) {
      this.logger.warn(`unable to tell yet how ${id} ended; ${String(error)}`);
    } finally {
      stop?.();
      // Given up before that, its end would be told by somebody else.
      await this.active.get(id)?.last;
      this.active.delete(id);
      this.leases.leave(this.service, id);
    }
  }
}
