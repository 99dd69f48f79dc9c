import type { WireName } from '@switchyard/contract';
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
  /** The wire that serves each service in use now. */
  wires: Record<string, WireName>;
  /** The server's clock; undefined before its first answer. */
  clock?: ClockEstimate;
}

/** Counts what happens on a page's connections. */
export class Statistics {
  private reconnects = 0;
  private lastReconnectMs?: number;
  private gapsHealed = 0;
  private duplicatesDropped = 0;
  private readonly moves: RealtimeStats['moves'] = { made: 0, failed: 0 };
  private readonly events: Record<WireName, number>;

  constructor(wires: readonly WireName[]) {
    this.events = Object.fromEntries(wires.map((wire) => [wire, 0]));
  }

  received(wire: WireName, events: number): void {
    this.events[wire] = (this.events[wire] ?? 0) + events;
  }

  duplicate(): void {
    this.duplicatesDropped += 1;
  }

  healed(): void {
    this.gapsHealed += 1;
  }

  reconnected(ms: number): void {
    this.reconnects += 1;
    this.lastReconnectMs = Math.round(ms);
  }

  moveMade(): void {
    this.moves.made += 1;
  }

  moveFailed(failure: MoveFailure): void {
    this.moves.failed += 1;
    this.moves.lastFailure = failure;
  }

  read(): Omit<RealtimeStats, 'wires' | 'clock'> {
    return {
      reconnects: this.reconnects,
      lastReconnectMs: this.lastReconnectMs,
      gapsHealed: this.gapsHealed,
      duplicatesDropped: this.duplicatesDropped,
      moves: { ...this.moves },
      events: { ...this.events },
    };
  }
}
