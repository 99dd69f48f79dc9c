import type { ParityReport, Position, StatsReport } from '@switchyard/contract';
import type { ServerClock } from '../clock/server.clock.js';
import { TimerSet } from '../timer/timer.set.js';

/** The page; outside a browser it has no events. */
const page = globalThis as Partial<EventTarget>;

/** What comparisons of two wires have found. */
export interface ComparisonFindings {
  /** So far. */
  readonly counts: Readonly<{ matched: number; mismatches: number; shed: number }>;
  /** What was found since the last call; undefined when that is nothing. `restore` takes back what did not arrive. */
  take(): { report: ParityReport; restore(): void } | undefined;
}

/** Counts what a page sees, and reports it at random moments one to two intervals apart, if there is anything to report. */
export class PageReport {
  private counts: StatsReport['counts'] = {};
  private arrivals: StatsReport['arrivals'] = {};
  /** The findings of the page's comparisons, by what is compared. */
  readonly comparisons = new Map<string, ComparisonFindings>();
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
    this.schedule();
  }

  /** Notes that there is something to report. */
  readonly schedule = (): void => {
    if (this.everyMs) this.cancel ??= this.timers.after(this.everyMs * (1 + Math.random()), this.flush);
  };

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
    const found = [...this.comparisons.values()].flatMap((findings) => findings.take() ?? []);
    const parity = found[0] && found.map(({ report }) => report);
    this.send({ counts, arrivals, uncertainty_ms: this.clock.estimate()?.uncertaintyMs, parity }).catch(() => {
      Object.entries(counts).forEach(([name, by]) => this.count(name, by));
      found.forEach(({ restore }) => restore());
    });
  };
}
