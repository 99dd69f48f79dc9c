import type { IncomingMessage } from 'node:http';
import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { STATS_PATH } from '@switchyard/contract';
import { targetingKey } from '../caller/caller.js';
import { HttpCallers } from '../http/http.caller.js';
import { requestQuery } from '../http/request.target.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { SlidingWindow } from '../store/memory/sliding.window.js';
import { readReport } from './stats.reading.js';

/** A page reports twice a minute at most, and once more when it is left; several pages may share a client id. */
const RATE = { limit: 20, window_ms: 60_000 };
/** The wire of clients that ask again and again, on which no events go out. */
const POLLING = 'polling';

/**
 * Takes the reports of pages, outside the limits of calls. It never refuses one: what cannot be counted is ignored, as no
 * page could do better the next time.
 */
@Controller(STATS_PATH)
export class StatsController {
  private readonly rate = new SlidingWindow(RATE);

  constructor(
    private readonly callers: HttpCallers,
    private readonly registry: ServiceRegistry,
  ) {}

  @Post()
  @HttpCode(204)
  async report(@Req() request: IncomingMessage, @Body() body: unknown): Promise<void> {
    const caller = await this.callers.ofOrAnonymous(request, POLLING, requestQuery(request));
    const key = targetingKey(caller);
    if (key === undefined || this.rate.consume(key) > 0) return;
    for (const { service: name, wire, counts } of readReport(body)) {
      if (!this.registry.has(name)) continue;
      const { wires, counters } = this.registry.get(name);
      const known = wire === POLLING ? wire : wires.named(wire);
      if (known !== undefined) counters.reported(caller, known, counts);
    }
  }
}
