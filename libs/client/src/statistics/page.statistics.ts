import type { ParityReport, Position, ReportedFigure, StatsReport, WireName } from '@switchyard/contract';
import type { ClockEstimate, ServerClock } from '../clock/server.clock.js';

/** A move of a service to another wire that failed; the service stays on its wire, and tries again later. */
export interface MoveFailure {
  service: string;
  /** The wire that it was to move to. */
  to: WireName;
  /** The code and the text of the fault. */
  code: string;
  error: string;
}

/** Counts of what happened on a page's connections so far. */
export interface RealtimeStats {
  reconnects: number;
  /** How long the last reconnect took, in milliseconds from the loss; undefined before the first. */
  lastReconnectMs?: number;
  gapsHealed: number;
  duplicatesDropped: number;
  /** Events received per wire, replayed ones included. */
  events: Record<WireName, number>;
  /** Moves of connected services to another wire; `lastFailure` is undefined before the first failed one. */
  moves: { made: number; failed: number; lastFailure?: MoveFailure };
  /** What the page's comparisons of two wires have found, by `{service} {wire in use} {other wire}`. */
  parity: Record<string, { matched: number; mismatches: number; shed: number }>;
  /** The wire that serves each service in use now. */
  wires: Record<string, WireName>;
  /** The server's clock; undefined before its first answer. */
  clock?: ClockEstimate;
}

/** What comparisons of two wires have found. */
export interface ComparisonFindings {
  /** So far. */
  readonly counts: Readonly<{ matched: number; mismatches: number; shed: number }>;
  /** What was found since the last call; undefined when that is nothing. `restore` takes back what did not arrive. */
  take(): { report: ParityReport; restore(): void } | undefined;
}

/** Counts what happens on a page's connections: in all for the page, and since the last report for the server. */
export class PageStatistics {
  counts: StatsReport['counts'] = {};
  arrivals: StatsReport['arrivals'] = {};
  /** The findings of the page's comparisons, by what is compared. */
  readonly comparisons = new Map<string, ComparisonFindings>();
  lastFailure?: MoveFailure;
  /** Called when there is something to report. */
  onNews: () => void = () => undefined;
  #lastReconnectMs?: number;
  readonly #events: Record<WireName, number>;
  readonly #totals: Partial<Record<ReportedFigure, number>> = {};

  constructor(
    private readonly clock: ServerClock,
    wires: readonly WireName[],
  ) {
    this.#events = Object.fromEntries(wires.map((wire) => [wire, 0]));
  }

  /** Adds to a figure of a service on a wire, under a code where it has codes. */
  count(service: string, wire: WireName, figure: ReportedFigure, by: number, code: string): void {
    this.#totals[figure] = (this.#totals[figure] ?? 0) + by;
    if (figure === 'events') this.#events[wire] = (this.#events[wire] ?? 0) + by;
    if (figure === 'outage_ms') this.#lastReconnectMs = by;
    this.addToReport(`${service}/${wire}/${figure}${code && `/${code}`}`, by);
  }

  /** Adds to a count of the next report. */
  addToReport(name: string, by: number): void {
    if (!by) return;
    this.counts[name] = (this.counts[name] ?? 0) + by;
    this.onNews();
  }

  /** Notes when an event arrived; the report has the last one by name. */
  arrived(name: string, room: string, { epoch, offset }: Position): void {
    this.arrivals[name] = { room, epoch, offset, at: this.clock.now() };
  }

  read(): Omit<RealtimeStats, 'wires'> {
    const { reconnects = 0, gaps = 0, duplicates = 0, moves = 0, moves_failed = 0 } = this.#totals;
    return {
      reconnects,
      lastReconnectMs: this.#lastReconnectMs,
      gapsHealed: gaps,
      duplicatesDropped: duplicates,
      moves: { made: moves, failed: moves_failed, lastFailure: this.lastFailure },
      events: { ...this.#events },
      parity: Object.fromEntries([...this.comparisons].map(([name, { counts }]) => [name, { ...counts }])),
      clock: this.clock.estimate(),
    };
  }
}
