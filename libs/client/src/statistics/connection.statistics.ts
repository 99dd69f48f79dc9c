import type { ReportedFigure, WireName } from '@switchyard/contract';
import type { ClockEstimate } from '../clock/server.clock.js';

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

/** Adds up what happens on a page's connections. */
export class Statistics {
  lastFailure?: MoveFailure;
  private lastReconnectMs?: number;
  private readonly events: Record<WireName, number>;
  private readonly totals: Partial<Record<ReportedFigure, number>> = {};

  constructor(wires: readonly WireName[]) {
    this.events = Object.fromEntries(wires.map((wire) => [wire, 0]));
  }

  /** Adds to a figure of a wire. */
  count(wire: WireName, figure: ReportedFigure, by: number): void {
    this.totals[figure] = (this.totals[figure] ?? 0) + by;
    if (figure === 'events') this.events[wire] = (this.events[wire] ?? 0) + by;
    if (figure === 'outage_ms') this.lastReconnectMs = by;
  }

  read(): Omit<RealtimeStats, 'wires' | 'clock' | 'parity'> {
    const { reconnects = 0, gaps = 0, duplicates = 0, moves = 0, moves_failed = 0 } = this.totals;
    return {
      reconnects,
      lastReconnectMs: this.lastReconnectMs,
      gapsHealed: gaps,
      duplicatesDropped: duplicates,
      moves: { made: moves, failed: moves_failed, lastFailure: this.lastFailure },
      events: { ...this.events },
    };
  }
}
