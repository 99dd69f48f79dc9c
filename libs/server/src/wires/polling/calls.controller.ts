import type { IncomingMessage } from 'node:http';
import { Body, Controller, Header, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { faultKind, type Reply } from '@switchyard/contract';
import type { Response } from 'express';
import { CallDoor } from '../../door/call.door.js';
import { Oversized } from '../../door/oversized.js';
import { sayWhenToRetry } from '../../http/retry.after.js';
import { HttpCallers } from '../../http/http.caller.js';
import { requestQuery } from '../../http/request.target.js';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../../realtime.options.js';
import { ServiceRegistry } from '../../service/service.registry.js';

/** The call door over HTTP, for the polling wire and for old wires that carry no calls. */
@Controller('realtime/calls')
export class CallsController {
  constructor(
    private readonly door: CallDoor,
    private readonly callers: HttpCallers,
    private readonly registry: ServiceRegistry,
    @Inject(REALTIME_OPTIONS) private readonly options: RealtimeOptions,
  ) {}

  /** Answers the envelope a namespace would; the HTTP status is that of the error's code. */
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
    const reply = await this.door.call(this.registry.get(service), call, this.sized(body), caller);
    if (!reply.ok) sayWhenToRetry(response, reply.error);
    response.status(reply.ok ? 200 : (faultKind(reply.error.code)?.status ?? 500));
    return reply;
  }

  private sized(body: unknown): unknown {
    const limit = this.options.maxCallBytes;
    return limit > 0 && sizeOf(body) > limit ? new Oversized(limit) : body;
  }
}

function sizeOf(body: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(body ?? null));
  } catch {
    // It has more levels than can be walked.
    return Infinity;
  }
}
