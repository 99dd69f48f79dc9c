import type { HttpApi } from '../../http/http.api.js';
import { HttpTransport } from '../../transport/http.transport.js';
import type { RoomSink } from '../../transport/transport.js';
import type { RoomStreams } from './room.streams.js';

/** A service on the page's event stream. */
export class SseTransport extends HttpTransport {
  readonly wire = 'sse';

  constructor(
    name: string,
    private readonly streams: RoomStreams,
    http: Pick<HttpApi, 'call'>,
  ) {
    super(name, http);
  }

  connect(): void {
    this.streams.add(this);
  }

  join(room: RoomSink): void {
    this.rooms.add(room);
    this.streams.refresh();
  }

  leave(room: RoomSink): void {
    if (this.rooms.delete(room)) this.streams.left(room);
  }

  protected stopRooms(): void {
    this.streams.remove(this);
  }
}
