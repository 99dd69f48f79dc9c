import type { IncomingMessage, ServerResponse } from 'node:http';
import { Body, Controller, Get, Headers, Param, Post, Query, Req, Res } from '@nestjs/common';
import { readRoom, readRooms } from '../room.requests.js';
import { EVENTS_PATH, SseWire } from './sse.wire.js';

/** Opens event streams. */
@Controller(EVENTS_PATH)
export class EventsController {
  constructor(private readonly wire: SseWire) {}

  /** For any `EventSource`: the events of one room after `Last-Event-ID`, else after `since`. */
  @Get(':service/:key')
  async one(
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
    @Param('service') service: string,
    @Param('key') key: string,
    @Headers('last-event-id') lastEventId?: string,
    @Query('since') since?: string,
    @Query('options') options?: string,
  ): Promise<void> {
    const caller = await this.wire.caller(request);
    // A browser that has seen no id yet sends an empty one, or none.
    const room = readRoom(lastEventId || since, options);
    await this.wire.openRoom(response, caller, { service, key }, room);
  }

  /** For our client: the events of many rooms. */
  @Post()
  async many(@Req() request: IncomingMessage, @Res() response: ServerResponse, @Body() body: unknown): Promise<void> {
    const caller = await this.wire.caller(request);
    await this.wire.openPage(response, caller, readRooms(body));
  }
}
