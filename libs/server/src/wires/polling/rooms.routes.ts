import { Injectable } from '@nestjs/common';
import { Fault, type ErrorBody, type JoinReply, type PollRequest, type WireName } from '@switchyard/contract';
import { RateLimits } from '../../limits/rate.limits.js';
import { HttpCallers } from '../../http/http.caller.js';
import type { Caller } from '../../caller/caller.js';
import { ROUTE_GROUPS } from '../../routes/http.options.js';
import { Route, RouteGroup, type RouteRequest } from '../../routes/route.js';
import { ServiceRegistry } from '../../service/service.registry.js';
import { Stages } from '../../stages/stages.js';
import { readRoom, readRooms } from '../room.requests.js';

/** The rooms of the polling wire: clients ask for the reply to a join again and again. */
@Injectable()
@RouteGroup('rooms', ROUTE_GROUPS.rooms)
export class RoomsRoutes {
  constructor(
    private readonly callers: HttpCallers,
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    private readonly limits: RateLimits,
  ) {}

  @Route('GET', '/:service/:key')
  async one(asked: RouteRequest): Promise<JoinReply> {
    const caller = await this.caller(asked);
    const { params, query } = asked;
    const request = readRoom(query.get('since') ?? undefined, query.get('options') ?? undefined);
    return this.registry.get(params.service!).poll(caller, params.key, request);
  }

  @Route('POST')
  async many(
    request: RouteRequest,
  ): Promise<{ rooms: (JoinReply | { error: ErrorBody })[]; wires: Record<string, WireName> }> {
    const caller = await this.caller(request);
    const asked = readRooms(await request.body());
    const rooms = await Promise.all(asked.map((room) => this.answer(caller, room)));
    const services = new Set(asked.map(({ service }) => service).filter((service) => this.registry.has(service)));
    const wires = await Promise.all(
      [...services].map(async (name) => [name, await this.stages.wire(name, caller)] as const),
    );
    return { rooms, wires: Object.fromEntries(wires) };
  }

  /** The caller of a poll, which counts as one join, however many rooms it names. */
  private async caller({ request, query }: RouteRequest): Promise<Caller> {
    const caller = await this.callers.of(request, 'polling', query);
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
