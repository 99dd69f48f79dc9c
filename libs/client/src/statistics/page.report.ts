import type { Position, StatsReport } from '@switchyard/contract';
import type { ServerClock } from '../clock/server.clock.js';
import { TimerSet } from '../timer/timer.set.js';

/** The page; outside a browser it has no events. */
const page = globalThis as Partial<EventTarget>;

/** Counts what a page sees, and reports it at random moments one to two intervals apart, if there is anything to report. */
export class PageReport {
  private counts: StatsReport['counts'] = {};
  private arrivals: StatsReport['arrivals'] = {};
  private readonly timers = new TimerSet();
  private cancel?: () => void;

  /** @param send rejects when the report did not arrive; its counts are then part of the next one. */
  constructor(
    private readonly everyMs: number,
    private readonly clock: ServerClock,
    private readonly send: (report: StatsReport) => Promise<unknown>,
  ) {
    // A page that is left may never run again.
    page.addEventListener?.('pagehide', this.flush);
  }

  /** Adds to a count; without an interval nothing is counted. */
  count(name: string, by: number): void {
    if (!this.everyMs || !by) return;
    this.counts[name] = (this.counts[name] ?? 0) + by;
    this.cancel ??= this.timers.after(this.everyMs * (1 + Math.random()), this.flush);
  }

  /** Notes when an event arrived; the report has the last one by name. */
  arrived(name: string, room: string, { epoch, offset }: Position): void {
    this.arrivals[name] = { room, epoch, offset, at: this.clock.now() };
  }

  /** Sends the last report. */
  close(): void {
    page.removeEventListener?.('pagehide', this.flush);
    this.flush();
    this.timers.close();
  }

  private readonly flush = (): void => {
    if (!this.cancel) return;
    this.cancel();
    this.cancel = undefined;
    const { counts, arrivals } = this;
    this.counts = {};
    this.arrivals = {};
    this.send({ counts, arrivals, uncertainty_ms: this.clock.estimate()?.uncertaintyMs }).catch(() =>
      Object.entries(counts).forEach(([name, by]) => this.count(name, by)),
    );
  };
}
