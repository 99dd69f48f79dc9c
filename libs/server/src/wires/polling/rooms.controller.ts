import type { IncomingMessage } from 'node:http';
import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { Fault, type ErrorBody, type JoinReply, type PollRequest, type WireName } from '@switchyard/contract';
import { RateLimits } from '../../limits/rate.limits.js';
import { HttpCallers } from '../../http/http.caller.js';
import { requestQuery } from '../../http/request.target.js';
import type { Caller } from '../../caller/caller.js';
import { ServiceRegistry } from '../../service/service.registry.js';
import { Stages } from '../../stages/stages.js';
import { readRoom, readRooms } from '../room.requests.js';

/** The rooms of the polling wire: clients ask for the reply to a join again and again. */
@Controller('realtime/rooms')
export class RoomsController {
  constructor(
    private readonly callers: HttpCallers,
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    private readonly limits: RateLimits,
  ) {}

  @Get(':service/:key')
  @Header('Cache-Control', 'no-store')
  async one(
    @Req() request: IncomingMessage,
    @Param('service') service: string,
    @Param('key') key: string,
    @Query('since') since?: string,
    @Query('options') options?: string,
  ): Promise<JoinReply> {
    const caller = await this.caller(request);
    return this.registry.get(service).poll(caller, key, readRoom(since, options));
  }

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async many(
    @Req() request: IncomingMessage,
    @Body() body: unknown,
  ): Promise<{ rooms: (JoinReply | { error: ErrorBody })[]; wires: Record<string, WireName> }> {
    const caller = await this.caller(request);
    const asked = readRooms(body);
    const rooms = await Promise.all(asked.map((room) => this.answer(caller, room)));
    const services = new Set(asked.map(({ service }) => service).filter((service) => this.registry.has(service)));
    const wires = await Promise.all(
      [...services].map(async (name) => [name, await this.stages.wire(name, caller)] as const),
    );
    return { rooms, wires: Object.fromEntries(wires) };
  }

  /** The caller of a poll, which counts as one join, however many rooms it names. */
  private async caller(request: IncomingMessage): Promise<Caller> {
    const caller = await this.callers.of(request, 'polling', requestQuery(request));
    await this.limits.countJoin(caller);
    return caller;
  }

  private async answer(caller: Caller, { service, key, ...request }: PollRequest['rooms'][number]) {
    try {
      const served = this.registry.get(service);
      const reply = await served.poll(caller, key, request);
      served.polled(caller);
      return reply;
    } catch (thrown) {
      return { error: Fault.from(thrown).toBody() };
    }
  }
}
