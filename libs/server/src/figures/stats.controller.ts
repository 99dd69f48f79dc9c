import type { IncomingMessage } from 'node:http';
import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { STATS_PATH, type StatsReply } from '@switchyard/contract';
import { HttpCallers } from '../http/http.caller.js';
import { requestQuery } from '../http/request.target.js';
import { StatsReports } from './stats.reports.js';

/** Takes the reports of pages over HTTP, which works when every wire is dead. */
@Controller(STATS_PATH)
export class StatsController {
  constructor(
    private readonly callers: HttpCallers,
    private readonly reports: StatsReports,
  ) {}

  @Post()
  @HttpCode(200)
  async report(@Req() request: IncomingMessage, @Body() body: unknown): Promise<StatsReply> {
    return this.reports.take(await this.callers.ofOrAnonymous(request, 'polling', requestQuery(request)), body);
  }
}
