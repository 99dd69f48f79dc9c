import { Injectable } from '@nestjs/common';
import type { Reply, StatsReply } from '@switchyard/contract';
import { targetingKey, type Caller } from '../caller/caller.js';
import { FailedMoves } from '../cutover/failed.moves.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { ParityReports } from '../parity/parity.reports.js';
import { SlidingWindow } from '../store/memory/sliding.window.js';
import { EventTimes } from './event.times.js';
import { readArrivals, readReport, servicesIn } from './stats.reading.js';

/** The call that takes a report on wires that carry calls, reserved in every service. */
export const REPORT_STATS = 'report_stats';

/** A page reports twice a minute at most, and once more when it is left; several pages may share a client id. */
const RATE = { limit: 20, window_ms: 60_000 };
/** The wire of clients that ask again and again, on which no events go out. */
const POLLING = 'polling';

/**
 * Counts the reports of pages, outside the limits of calls. It never refuses one: what cannot be counted is ignored, as no
 * page could do better the next time. The answer lets the page set its estimate of our clock.
 */
@Injectable()
export class StatsReports {
  private readonly rate = new SlidingWindow(RATE);

  constructor(
    private readonly registry: ServiceRegistry,
    private readonly times: EventTimes,
    private readonly parity: ParityReports,
    private readonly failures: FailedMoves,
  ) {}

  /** Counts one report. */
  async take(caller: Caller, body: unknown): Promise<StatsReply> {
    const server_time = new Date().toISOString();
    const key = targetingKey(caller);
    if (key !== undefined && this.rate.consume(key) === 0) await this.count(caller, body);
    return { server_time, shadows: await this.parity.shadows(caller, servicesIn(body)) };
  }

  /** The same as the answer to a call. */
  async answer(caller: Caller, payload: unknown): Promise<Reply<StatsReply>> {
    return { ok: true, data: await this.take(caller, payload) };
  }

  private async count(caller: Caller, body: unknown): Promise<void> {
    this.parity.take(caller, body);
    for (const { service, wire, at, ...arrival } of readArrivals(body)) {
      const known = this.wireOf(service, wire);
      const appended = known === undefined ? undefined : await this.times.of(service, arrival);
      if (appended !== undefined) this.registry.get(service).counters.arrived(caller, known!, at - appended);
    }
    for (const { service, wire, counts } of readReport(body)) {
      const known = this.wireOf(service, wire);
      if (known === undefined) continue;
      this.registry.get(service).counters.reported(caller, known, counts);
      const to = this.registry.get(service).wires.advisedAs(known);
      const hasFailed = counts.some(({ figure }) => figure === 'moves_failed');
      // The page does not wait for it: other processes have to be asked.
      if (to !== undefined && hasFailed) void this.failures.reported(service, caller, to);
    }
  }

  /** The name of a wire that a page has reported about; undefined when there is none. */
  private wireOf(service: string, wire: string): string | undefined {
    if (!this.registry.has(service)) return undefined;
    return wire === POLLING ? wire : this.registry.get(service).wires.named(wire);
  }
}
