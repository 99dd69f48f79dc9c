import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import type { WireName } from '@switchyard/contract';

/** How many moves per second one process takes before a wire has shown more. */
const FIRST_RATE = 100;
/**
 * How many moves per second to an old wire one process takes at least: it has carried these clients before, and those who
 * return to it may have nothing better.
 */
const RETURN_RATE = 250;
/** How many moves per second are asked of a process at least, so that a move ends at some time. */
const MIN_RATE = 25;
/** The length of one measurement, in ms. */
const MEASURE_MS = 1000;
/** With fewer moves a measurement says nothing. */
const MIN_MOVES = 5;
/** The share of the event loop up to which moves may fill it; the rest is for the events of those who stay. */
const TARGET_UTILIZATION = 0.5;
/** The share of the event loop that moves may take in any case, also where other work fills it. */
const MIN_SHARE = 0.2;
/** How much faster than what was just measured the next move may be. */
const MAX_GROWTH = 2;

/** A measurement that is under way. */
interface Measurement {
  since: number;
  moves: number;
  utilization: EventLoopUtilization;
}

/**
 * How fast clients may move to each wire: as many per second as this process could admit there without filling more than
 * half of its event loop, judged by the moves that it saw last and by how busy it was before them.
 */
@Injectable()
export class MovePace {
  /** Moves per second, by wire. */
  private readonly rates = new Map<WireName, number>();
  private readonly measurements = new Map<WireName, Measurement>();
  /** The event loop when the last move was seen, or at the start. */
  private quietSince = performance.eventLoopUtilization();
  /** The share of the event loop that other work takes. */
  private otherWork = 0;

  /** The time within which so many clients of this process should move to a wire, in ms; called before they do. */
  within(wire: WireName, clients: number): number {
    const { idle, active, utilization } = performance.eventLoopUtilization(this.quietSince);
    if (idle + active >= MEASURE_MS) this.otherWork = utilization;
    return Math.ceil((clients / this.rate(wire)) * 1000);
  }

  /** A client has moved to a wire. */
  moved(wire: WireName): void {
    const now = performance.now();
    this.quietSince = performance.eventLoopUtilization();
    const measurement = this.measurements.get(wire);
    if (!measurement || now - measurement.since > 2 * MEASURE_MS) return this.measure(wire, now);
    measurement.moves += 1;
    const elapsed_ms = now - measurement.since;
    if (elapsed_ms < MEASURE_MS) return;
    if (measurement.moves >= MIN_MOVES) this.learn(wire, measurement, elapsed_ms);
    this.measure(wire, now);
  }

  private rate(wire: WireName): number {
    const shown = this.rates.get(wire) ?? FIRST_RATE;
    return wire === 'socketio' ? shown : Math.max(shown, RETURN_RATE);
  }

  private measure(wire: WireName, now: number): void {
    this.measurements.set(wire, { since: now, moves: 1, utilization: performance.eventLoopUtilization() });
  }

  private learn(wire: WireName, { moves, utilization: before }: Measurement, elapsed_ms: number): void {
    const perSecond = (moves / elapsed_ms) * 1000;
    const { utilization } = performance.eventLoopUtilization(before);
    const taken = utilization - this.otherWork;
    const allowed = Math.max(TARGET_UTILIZATION - this.otherWork, MIN_SHARE);
    const bearable = perSecond * Math.min(MAX_GROWTH, taken > 0 ? allowed / taken : MAX_GROWTH);
    // A quiet moment says nothing about what the wire can take; only moves that took too much do.
    const rate = taken > allowed ? bearable : Math.max(bearable, this.rate(wire));
    this.rates.set(wire, Math.max(MIN_RATE, rate));
  }
}
