import type { IncomingMessage } from 'node:http';
import { Body, Controller, Header, Param, Post, Req, Res } from '@nestjs/common';
import { faultKind, type Reply } from '@switchyard/contract';
import type { Response } from 'express';
import { CallDispatcher } from '../../dispatch/call.dispatcher.js';
import { CallSizes } from '../../dispatch/call.sizes.js';
import { REPORT_STATS, StatsReports } from '../../figures/stats.reports.js';
import { bodySize } from '../../http/json.body.js';
import { setRetryAfter } from '../../http/retry.after.js';
import { HttpCallers } from '../../http/http.caller.js';
import { requestQuery } from '../../http/request.target.js';
import { ServiceRegistry } from '../../service/service.registry.js';

/** Calls over HTTP, for the polling wire and for old wires that carry no calls. */
@Controller('realtime/calls')
export class CallsController {
  constructor(
    private readonly calls: CallDispatcher,
    private readonly callers: HttpCallers,
    private readonly registry: ServiceRegistry,
    private readonly sizes: CallSizes,
    private readonly reports: StatsReports,
  ) {}

  /** Answers with the same envelope as a namespace; the HTTP status is that of the error's code. */
  @Post(':service/:call')
  @Header('Cache-Control', 'no-store')
  async call(
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: Response,
    @Param('service') service: string,
    @Param('call') call: string,
    @Body() body: unknown,
  ): Promise<Reply> {
    const caller = await this.callers.of(request, 'polling', requestQuery(request));
    if (call === REPORT_STATS) return this.reports.answer(caller, body);
    const payload = this.sizes.fit(service, call, bodySize(request), body);
    const reply = await this.calls.call(this.registry.get(service), call, payload, caller);
    if (!reply.ok) setRetryAfter(response, reply.error);
    response.status(reply.ok ? 200 : (faultKind(reply.error.code)?.status ?? 500));
    return reply;
  }
}
