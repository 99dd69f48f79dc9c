import type { IncomingMessage } from 'node:http';
import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { STATS_PATH, type StatsReply } from '@switchyard/contract';
import { targetingKey, type Caller } from '../caller/caller.js';
import { HttpCallers } from '../http/http.caller.js';
import { requestQuery } from '../http/request.target.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { SlidingWindow } from '../store/memory/sliding.window.js';
import { EventTimes } from './event.times.js';
import { readArrivals, readReport } from './stats.reading.js';

/** A page reports twice a minute at most, and once more when it is left; several pages may share a client id. */
const RATE = { limit: 20, window_ms: 60_000 };
/** The wire of clients that ask again and again, on which no events go out. */
const POLLING = 'polling';

/**
 * Takes the reports of pages, outside the limits of calls. It never refuses one: what cannot be counted is ignored, as no
 * page could do better the next time. The answer lets the page set its estimate of our clock.
 */
@Controller(STATS_PATH)
export class StatsController {
  private readonly rate = new SlidingWindow(RATE);

  constructor(
    private readonly callers: HttpCallers,
    private readonly registry: ServiceRegistry,
    private readonly times: EventTimes,
  ) {}

  @Post()
  @HttpCode(200)
  async report(@Req() request: IncomingMessage, @Body() body: unknown): Promise<StatsReply> {
    const server_time = new Date().toISOString();
    const caller = await this.callers.ofOrAnonymous(request, POLLING, requestQuery(request));
    const key = targetingKey(caller);
    if (key !== undefined && this.rate.consume(key) === 0) await this.count(caller, body);
    return { server_time };
  }

  private async count(caller: Caller, body: unknown): Promise<void> {
    for (const { service, wire, at, ...arrival } of readArrivals(body)) {
      const known = this.wireOf(service, wire);
      const appended = known === undefined ? undefined : await this.times.of(service, arrival);
      if (appended !== undefined) this.registry.get(service).counters.arrived(caller, known!, at - appended);
    }
    for (const { service, wire, counts } of readReport(body)) {
      const known = this.wireOf(service, wire);
      if (known !== undefined) this.registry.get(service).counters.reported(caller, known, counts);
    }
  }

  /** The name of a wire that a page has reported about; undefined when there is none. */
  private wireOf(service: string, wire: string): string | undefined {
    if (!this.registry.has(service)) return undefined;
    return wire === POLLING ? wire : this.registry.get(service).wires.named(wire);
  }
}
