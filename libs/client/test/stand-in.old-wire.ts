import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { parsePosition, type ErrorBody, type Wire } from '@switchyard/contract';
import { WebSocketServer, type WebSocket } from 'ws';
import { errorBody, type StandInRoom, type StandInRooms } from './stand-in.rooms.js';

/** What the old wire has of the server it is one of. */
interface OldWireHost {
  readonly url: string;
  readonly rooms: StandInRooms;
  readonly joins: { wire: string; room: string; since?: unknown }[];
  readonly leaves: string[];
  refuse?: (room: string, wire: Wire) => ErrorBody | undefined;
}

/** The old wire of a stand-in: a WebSocket for each room, which speaks as the notes did before there were positions. */
export class StandInOldWire {
  /** Whether it says nothing of positions, as before there were any. */
  plain = false;
  /** The address of the last connection. */
  lastUpgrade = '';
  private readonly server = new WebSocketServer({ noServer: true });
  private readonly peers = new Map<WebSocket, StandInRoom>();

  constructor(
    private readonly host: OldWireHost,
    private readonly changed: () => void,
  ) {}

  take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.server.handleUpgrade(request, socket, head, (ws) => this.welcome(ws, new URL(request.url!, this.host.url)));
  }

  /** Sends a heartbeat on every connection. */
  beat(): void {
    this.peers.forEach((_, ws) => ws.send(JSON.stringify({ type: 'heartbeat' })));
  }

  send(room: StandInRoom, event: string, payload: unknown, at: object): void {
    this.peers.forEach((joined, ws) => joined === room && ws.send(this.frame(event, payload, at)));
  }

  announce(event: string, payload: object): void {
    this.peers.forEach((_, ws) => ws.send(JSON.stringify({ type: '_sy', _sy: { event, payload } })));
  }

  /** Tells every connection that it was refused, and closes it. */
  putOut(error: ErrorBody): void {
    this.peers.forEach((_, ws) => {
      ws.send(JSON.stringify({ type: '_sy', _sy: { event: 'refused', error } }));
      ws.close(4404);
    });
  }

  private welcome(ws: WebSocket, url: URL): void {
    const { host } = this;
    this.lastUpgrade = url.href;
    const name = `book_${url.pathname.split('/').at(-1)}`;
    const since = parsePosition(url.searchParams.get('since') ?? '');
    host.joins.push({ wire: 'legacy', room: name, since });
    const room = host.rooms.find(name);
    const error = host.refuse?.(name, 'legacy') ?? (room ? undefined : errorBody('room.not_found'));
    if (error || !room) {
      ws.send(JSON.stringify({ type: '_sy', _sy: { event: 'refused', error } }));
      ws.close(4404);
    } else {
      this.greet(ws, room, since);
      this.peers.set(ws, room);
      ws.once('close', () => {
        this.peers.delete(ws);
        host.leaves.push(name);
        this.changed();
      });
    }
    this.changed();
  }

  private greet(ws: WebSocket, room: StandInRoom, since: unknown): void {
    const { events = [], ...reply } = this.host.rooms.reply(room, since);
    if (this.plain) {
      ws.send(JSON.stringify({ type: 'notes', data: (room.snapshot as { texts: string[] }).texts }));
      return;
    }
    ws.send(JSON.stringify({ type: '_sy', _sy: { event: 'joined', ...reply } }));
    for (const { event, payload, ...at } of events) ws.send(this.frame(event, payload, { room: room.name, ...at }));
  }

  private frame(event: string, payload: unknown, at: object): string {
    const plain = event === 'note_added' ? { type: 'note', data: payload } : { type: '_sy' };
    return JSON.stringify(this.plain ? plain : { ...plain, _sy: { event, payload, ...at } });
  }
}
