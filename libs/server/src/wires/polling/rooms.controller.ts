import type { IncomingMessage } from 'node:http';
import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import {
  Fault,
  parsePosition,
  type ErrorBody,
  type JoinReply,
  type PollRequest,
  type Position,
  type Wire,
} from '@switchyard/contract';
import { invalidField } from '../../validation/payload.validation.js';
import { parseOptions, positionIn } from '../../validation/join.options.js';
import { RateLimits } from '../../limits/rate.limits.js';
import { HttpCallers } from '../../http/http.caller.js';
import { requestQuery } from '../../http/request.target.js';
import { targetingKey, type Caller } from '../../caller/caller.js';
import { ServiceRegistry } from '../../service/service.registry.js';
import { Stages } from '../../stages/stages.js';

/** How many rooms one request may ask for. */
const MAX_ROOMS = 200;

/** The polling wire: a room's reply to a join, asked for again and again. */
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
    return this.registry.get(service).poll(caller, key, {
      options: parseOptions(options),
      ...(since !== undefined && { since: readPosition(parsePosition(since)) }),
    });
  }

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async many(
    @Req() request: IncomingMessage,
    @Body() body: unknown,
  ): Promise<{ rooms: (JoinReply | { error: ErrorBody })[]; wires: Record<string, Wire> }> {
    const caller = await this.caller(request);
    const asked = readRooms(body);
    const rooms = await Promise.all(asked.map((room) => this.answer(caller, room)));
    const cohort = targetingKey(caller);
    const services = new Set(asked.map(({ service }) => service).filter((service) => this.registry.has(service)));
    const wires = await Promise.all(
      [...services].map(async (name) => [name, await this.stages.wire(name, cohort)] as const),
    );
    return { rooms, wires: Object.fromEntries(wires) };
  }

  /** Who polls; one poll is one join, however many rooms it is about. */
  private async caller(request: IncomingMessage): Promise<Caller> {
    const caller = await this.callers.of(request, 'polling', requestQuery(request));
    await this.limits.join(caller);
    return caller;
  }

  private async answer(caller: Caller, { service, key, ...request }: PollRequest['rooms'][number]) {
    try {
      return await this.registry.get(service).poll(caller, key, request);
    } catch (thrown) {
      return { error: Fault.from(thrown).toBody() };
    }
  }
}

function readPosition(position: Position | undefined): Position {
  if (!position) throw invalidField('since', 'must be epoch:offset');
  return position;
}

function readRooms(body: unknown): PollRequest['rooms'] {
  const rooms = (body as { rooms?: unknown } | undefined)?.rooms;
  if (!Array.isArray(rooms) || rooms.length > MAX_ROOMS)
    throw invalidField('rooms', `must be a list of at most ${MAX_ROOMS}`);
  return rooms.map((room: unknown) => {
    const { service, key, since, options } = (room ?? {}) as Record<string, unknown>;
    if (typeof service !== 'string' || typeof key !== 'string')
      throw invalidField('rooms', 'each needs a service and a key');
    const position = positionIn(since, 'rooms.since');
    if (options !== undefined && typeof options !== 'object') throw invalidField('rooms.options', 'must be an object');
    return { service, key, ...(position && { since: position }), ...(options && { options }) };
  });
}
