import { Injectable } from '@nestjs/common';
import type { StatsReply } from '@switchyard/contract';
import { HttpCallers } from '../http/http.caller.js';
import { ROUTE_GROUPS } from '../routes/http.options.js';
import { Route, RouteGroup, type RouteRequest } from '../routes/route.js';
import { StatsReports } from './stats.reports.js';

/** Takes the reports of pages over HTTP, which works when every wire is dead. */
@Injectable()
@RouteGroup('stats', ROUTE_GROUPS.stats)
export class StatsRoutes {
  constructor(
    private readonly callers: HttpCallers,
    private readonly reports: StatsReports,
  ) {}

  @Route('POST')
  async report({ request, query, body }: RouteRequest): Promise<StatsReply> {
    const caller = await this.callers.ofOrAnonymous(request, 'polling', query);
    return this.reports.take(caller, await body());
  }
}
