import { Injectable } from '@nestjs/common';
import { ROUTE_GROUPS } from '../../routes/http.options.js';
import { Route, RouteGroup, type RouteRequest } from '../../routes/route.js';
import { readRoom, readRooms } from '../room.requests.js';
import { SseWire } from './sse.wire.js';

/** Opens event streams. */
@Injectable()
@RouteGroup('events', ROUTE_GROUPS.events)
export class EventsRoutes {
  constructor(private readonly wire: SseWire) {}

  /** For any `EventSource`: the events of one room after `Last-Event-ID`, else after `since`. */
  @Route('GET', '/:service/:key', { streams: true })
  async one({ request, response, params, query }: RouteRequest): Promise<void> {
    const caller = await this.wire.caller(request);
    // A browser that has seen no id yet sends an empty one, or none.
    const lastEventId = request.headers['last-event-id'] as string | undefined;
    const room = readRoom(lastEventId || (query.get('since') ?? undefined), query.get('options') ?? undefined);
    await this.wire.openRoom(response, caller, { service: params.service!, key: params.key! }, room);
  }

  /** For our client: the events of many rooms. */
  @Route('POST', '', { streams: true })
  async many({ request, response, body }: RouteRequest): Promise<void> {
    const caller = await this.wire.caller(request);
    await this.wire.openPage(response, caller, readRooms(await body()));
  }
}
