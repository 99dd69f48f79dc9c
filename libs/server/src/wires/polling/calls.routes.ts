import { Injectable } from '@nestjs/common';
import { faultKind, type Reply } from '@switchyard/contract';
import { CallDispatcher } from '../../dispatch/call.dispatcher.js';
import { CallSizes } from '../../dispatch/call.sizes.js';
import { REPORT_STATS, StatsReports } from '../../figures/stats.reports.js';
import { HttpCallers } from '../../http/http.caller.js';
import { bodySize } from '../../http/json.body.js';
import { retryAfter } from '../../http/retry.after.js';
import { ROUTE_GROUPS } from '../../routes/http.options.js';
import { Route, RouteGroup, type RouteRequest } from '../../routes/route.js';
import { ServiceRegistry } from '../../service/service.registry.js';

/** Calls over HTTP, for the polling wire and for old wires that carry no calls. */
@Injectable()
@RouteGroup('calls', ROUTE_GROUPS.calls)
export class CallsRoutes {
  constructor(
    private readonly calls: CallDispatcher,
    private readonly callers: HttpCallers,
    private readonly registry: ServiceRegistry,
    private readonly sizes: CallSizes,
    private readonly reports: StatsReports,
  ) {}

  /** Answers with the same envelope as a namespace; the HTTP status is that of the error's code. */
  @Route('POST', '/:service/:call')
  async call({ request, params, query, body, answer }: RouteRequest): Promise<Reply> {
    const service = params.service!;
    const call = params.call!;
    const caller = await this.callers.of(request, 'polling', query);
    const received = await body();
    if (call === REPORT_STATS) return this.reports.answer(caller, received);
    const payload = this.sizes.fit(service, call, bodySize(request), received);
    const reply = await this.calls.call(this.registry.get(service), call, payload, caller);
    if (!reply.ok) {
      Object.assign(answer.headers, retryAfter(reply.error));
      answer.status = faultKind(reply.error.code)?.status ?? 500;
    }
    return reply;
  }
}
