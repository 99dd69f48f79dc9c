import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import type { WireName } from '@switchyard/contract';

/** How many moves per second one process takes before a wire has shown more. */
const FIRST_RATE = 100;
/** How many moves per second are asked of a process at least, so that a move ends at some time. */
const MIN_RATE = 10;
/** The length of one measurement, in ms. */
const MEASURE_MS = 1000;
/** With fewer moves a measurement says nothing. */
const MIN_MOVES = 5;
/** The share of the event loop that moves may fill; the rest is for the events of those who stay. */
const TARGET_UTILIZATION = 0.5;
/** How much faster than what was just measured the next move may be. */
const MAX_GROWTH = 2;

/** A measurement that is under way. */
interface Measurement {
  since: number;
  moves: number;
  utilization: EventLoopUtilization;
}

/**
 * How fast clients may move to each wire: as many per second as this process could admit there with half of its event loop,
 * judged by the moves that it saw last.
 */
@Injectable()
export class MovePace {
  /** Moves per second, by wire. */
  private readonly rates = new Map<WireName, number>();
  private readonly measurements = new Map<WireName, Measurement>();

  /** The time within which so many clients of this process should move to a wire, in ms. */
  within(wire: WireName, clients: number): number {
    return Math.ceil((clients / this.rate(wire)) * 1000);
  }

  /** A client has moved to a wire. */
  moved(wire: WireName): void {
    const now = performance.now();
    const measurement = this.measurements.get(wire);
    if (!measurement || now - measurement.since > 2 * MEASURE_MS) return this.measure(wire, now);
    measurement.moves += 1;
    const elapsed_ms = now - measurement.since;
    if (elapsed_ms < MEASURE_MS) return;
    if (measurement.moves >= MIN_MOVES) this.learn(wire, measurement, elapsed_ms);
    this.measure(wire, now);
  }

  private rate(wire: WireName): number {
    return this.rates.get(wire) ?? FIRST_RATE;
  }

  private measure(wire: WireName, now: number): void {
    this.measurements.set(wire, { since: now, moves: 1, utilization: performance.eventLoopUtilization() });
  }

  private learn(wire: WireName, { moves, utilization: before }: Measurement, elapsed_ms: number): void {
    const perSecond = (moves / elapsed_ms) * 1000;
    const { utilization } = performance.eventLoopUtilization(before);
    const bearable = perSecond * Math.min(MAX_GROWTH, TARGET_UTILIZATION / utilization);
    // A quiet moment says nothing about what the wire can take; only a busy process does.
    const rate = utilization > TARGET_UTILIZATION ? bearable : Math.max(bearable, this.rate(wire));
    this.rates.set(wire, Math.max(MIN_RATE, rate));
  }
}
