import type { WireName } from '@switchyard/contract';
import type { ClockEstimate } from '../clock/server.clock.js';

/** Counts of what happened on a page's connections so far. */
export interface RealtimeStats {
  reconnects: number;
  /** How long the last reconnect took, in milliseconds from the loss; undefined before the first. */
  lastReconnectMs?: number;
  gapsHealed: number;
  duplicatesDropped: number;
  /** Events received per wire, replayed ones included. */
  events: Record<WireName, number>;
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

  read(): Omit<RealtimeStats, 'wires' | 'clock'> {
    return {
      reconnects: this.reconnects,
      lastReconnectMs: this.lastReconnectMs,
      gapsHealed: this.gapsHealed,
      duplicatesDropped: this.duplicatesDropped,
      events: { ...this.events },
    };
  }
}
