import {
  parsePosition,
  type JoinReply,
  type LoggedEvent,
  type Position,
  type RealtimeConfig,
} from '@switchyard/contract';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LegacySocket, LegacySocketClass } from '../src/transport/legacy.socket.js';
import { notes } from './notes.contract.js';

/** An open stream of a page. */
interface OpenStream {
  keys: string[];
  token: string | undefined;
  frame(event: string, data: object): void;
  comment(): void;
  /** Ends the response without an error. */
  end(): void;
}

type Listener = (event: never) => void;
type Emit = (type: string, event: object) => void;

const refusal = (code: string, recoverable = true) => ({
  code,
  error: 'unable to do it; the test says so',
  timestamp: '2026-01-01T00:00:00.000Z',
  recoverable,
  help: '',
});

/**
 * A notes server whose event streams, status polling and old wire (for `Socket`) a test controls; every room exists and
 * keeps all of its events.
 */
export class StreamServer {
  /** The answer to a request for a stream: a stream, a 404, an HTML page, or none. */
  streaming: 'frames' | 'missing' | 'page' | 'nothing' = 'frames';
  /** The fault that refuses a request for a stream. */
  refusal?: { code: string; recoverable?: boolean };
  /** The keys of rooms that are refused. */
  readonly closedRooms = new Set<string>();
  /** The wire that the configuration names; the server has no Socket.IO. */
  wire: 'legacy' | 'socketio' = 'legacy';
  /** Whether the old wire accepts connections. */
  isOwnWireThere = false;
  silence_ms = 60_000;
  readonly streams = new Set<OpenStream>();
  /** The rooms of each request for a stream. */
  readonly requests: string[][] = [];
  polls = 0;
  calls: object[] = [];
  private readonly logs = new Map<string, LoggedEvent[]>();
  private readonly sockets = new Map<Emit, string>();
  private readonly http: Server;

  private constructor() {
    this.http = createServer((request, response) => void this.serve(request, response));
  }

  static async open(): Promise<StreamServer> {
    const server = new StreamServer();
    await new Promise<void>((resolve) => server.http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** A WebSocket of the old wire that needs no network. */
  get Socket(): LegacySocketClass {
    const accept = (url: string, emit: Emit) => setTimeout(() => this.accept(new URL(url), emit));
    const { sockets } = this;
    return class implements LegacySocket {
      private readonly listeners = new Map<string, Listener>();
      private readonly emit = (type: string, event: object) => this.listeners.get(type)?.(event as never);

      constructor(url: string) {
        accept(url, this.emit);
      }
      addEventListener(type: string, listener: Listener): void {
        this.listeners.set(type, listener);
      }
      send(): void {}
      close(): void {
        sockets.delete(this.emit);
      }
    };
  }

  textsOf(key: string): string[] {
    return this.logOf(key).map(({ payload }) => (payload as { text: string }).text);
  }

  publish(key: string, text: string): void {
    const log = this.logOf(key);
    const entry = { event: 'note_added', payload: { text }, epoch: 'e', offset: log.length + 1 };
    log.push(entry);
    const frame = { service: 'notes', room: `book_${key}`, ...entry };
    this.streams.forEach(({ keys, frame: send }) => keys.includes(key) && send('event', frame));
    this.sockets.forEach((of, emit) => of === key && send(emit, frame));
  }

  control(event: string, payload: object): void {
    this.streams.forEach(({ frame }) => frame('control', { event, payload }));
  }

  /** Cuts the old wire's connections, and accepts no new ones. */
  loseOwnWire(): void {
    this.isOwnWireThere = false;
    [...this.sockets.keys()].forEach((emit) => emit('close', { code: 1006 }));
    this.sockets.clear();
  }

  endStreams(): void {
    this.streams.forEach((stream) => stream.end());
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.http.close(resolve));
    this.http.closeAllConnections();
    await closed;
  }

  private logOf(key: string): LoggedEvent[] {
    const log = this.logs.get(key) ?? [];
    this.logs.set(key, log);
    return log;
  }

  private reply(key: string, since: Position | undefined): JoinReply {
    const log = this.logOf(key);
    const base = { room: `book_${key}`, epoch: 'e', offset: log.length, server_time: new Date().toISOString() };
    if (!since) return { ...base, recovered: false, snapshot: { texts: this.textsOf(key) } };
    return { ...base, recovered: true, events: log.filter(({ offset }) => offset > since.offset) };
  }

  private accept(url: URL, emit: Emit): void {
    if (!this.isOwnWireThere) return emit('close', { code: 1006 });
    const key = url.pathname.split('/').at(-1)!;
    this.sockets.set(emit, key);
    send(emit, { event: 'joined', ...this.reply(key, parsePosition(url.searchParams.get('since') ?? '')) });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url!, this.url);
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { rooms = [] } = (text ? JSON.parse(text) : {}) as { rooms?: { key: string; since?: Position }[] };
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (pathname === '/realtime/config') answer(200, configFor(this.wire));
    else if (pathname === '/realtime/events') this.stream(rooms, request, response, answer);
    else if (pathname === '/realtime/rooms') {
      this.polls += 1;
      answer(200, { rooms: rooms.map(({ key, since }) => this.reply(key, since)), wires: {} });
    } else if (pathname.startsWith('/realtime/calls/')) {
      answer(200, { ok: true, data: { number: this.calls.push(JSON.parse(text) as object) } });
    } else answer(404, { error: refusal('path.not_found', false) });
  }

  private stream(
    rooms: { key: string; since?: Position }[],
    request: IncomingMessage,
    response: ServerResponse,
    answer: (status: number, body: object) => void,
  ): void {
    this.requests.push(rooms.map(({ key }) => key));
    if (this.streaming === 'nothing') return;
    if (this.streaming === 'missing') return answer(404, { error: refusal('path.not_found', false) });
    if (this.streaming === 'page')
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sign in');
    if (this.refusal) return answer(401, { error: refusal(this.refusal.code, this.refusal.recoverable) });
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    const stream: OpenStream = {
      keys: rooms.map(({ key }) => key).filter((key) => !this.closedRooms.has(key)),
      token: request.headers.authorization?.slice('Bearer '.length),
      frame: (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
      comment: () => response.write(': \n\n'),
      end: () => response.end(),
    };
    this.streams.add(stream);
    response.on('close', () => this.streams.delete(stream));
    stream.frame('open', { server_time: new Date().toISOString(), silence_ms: this.silence_ms });
    rooms.forEach(({ key, since }, index) => {
      const head = { service: 'notes', key, index };
      if (this.closedRooms.has(key)) stream.frame('refused', { ...head, error: refusal('room.forbidden', false) });
      else stream.frame('joined', { ...head, ...this.reply(key, since) });
    });
  }
}

function send(emit: Emit, envelope: object): void {
  emit('message', { data: JSON.stringify({ type: '_sy', _sy: envelope }) });
}

function configFor(wire: 'legacy' | 'socketio'): RealtimeConfig {
  const { namespace } = notes;
  const paths = { legacy_path: '/old/notes/:book_id', poll_path: '/realtime/rooms/notes' };
  return {
    version: '1.0',
    server_time: new Date().toISOString(),
    features: {},
    limits: {},
    services: { notes: { wire, stage: wire, namespace, ...paths } },
  };
}
