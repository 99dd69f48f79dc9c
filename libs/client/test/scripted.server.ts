import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import {
  parsePosition,
  type Fault,
  type Position,
  type RealtimeConfig,
  type Reply,
  type Stage,
  type WireName,
} from '@switchyard/contract';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import { notes } from './notes.contract.js';

/** A join reply as a test scripts it, with the fields of `JoinReply`. */
export type ScriptedReply = { recovered: boolean; snapshot?: object; events?: object[] } & Partial<Position>;

/** A server that sends what a test scripts, even what no real server sends; it checks no rooms, events or positions. */
export class ScriptedServer {
  /** The position of each join. */
  readonly joins: (Position | undefined)[] = [];
  /** The answer to each join. */
  answer: () => ScriptedReply | Fault = () => ({ recovered: false });
  /** Refuses connections to the namespace. */
  turnAway?: Fault;
  private readonly tcp = new Set<TcpSocket>();
  private readonly http: HttpServer;
  private readonly io: Server;
  private readonly old = new WebSocketServer({ noServer: true });

  private constructor(private readonly wire: WireName) {
    this.http = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.config()));
    });
    this.http.on('connection', (socket) => this.tcp.add(socket));
    this.io = new Server(this.http, { destroyUpgrade: false, serveClient: false });
    const namespace = this.io.of(notes.namespace);
    namespace.use((_, next) =>
      next(this.turnAway && Object.assign(new Error('refused'), { data: this.turnAway.toBody() })),
    );
    namespace.on('connection', (socket) => {
      socket.on('join_room', ({ since }: { since?: Position }, ack: (reply: Reply<unknown>) => void) => {
        const reply = this.joined(since);
        ack('toBody' in reply ? { ok: false, error: reply.toBody() } : { ok: true, data: { room: ROOM, ...reply } });
      });
    });
    this.http.on('upgrade', (request, socket, head) => {
      if (!request.url!.startsWith('/old/')) return;
      const { searchParams } = new URL(request.url!, 'http://localhost');
      this.old.handleUpgrade(request, socket, head, (ws) => {
        const { events = [], ...reply } = this.joined(parsePosition(searchParams.get('since') ?? '')) as ScriptedReply;
        ws.send(JSON.stringify(this.welcome ?? { _sy: { event: 'joined', room: ROOM, ...reply } }));
        for (const event of events) ws.send(JSON.stringify({ _sy: { room: ROOM, ...event } }));
      });
    });
  }

  /** The first frame of an old wire without positions. */
  welcome?: object;

  static async start(wire: WireName): Promise<ScriptedServer> {
    const server = new ScriptedServer(wire);
    await new Promise<void>((resolve) => server.http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** Sends an event of the room on both wires. */
  emit(event: string, payload: object, position?: Position): void {
    this.io.of(notes.namespace).emit(event, payload, { room: ROOM, ...position });
    this.sendOld({ _sy: { event, payload, room: ROOM, ...position } });
  }

  /** Sends a control event on both wires. */
  announce(event: string, payload: object): void {
    this.io.of(notes.namespace).emit(event, payload);
    this.sendOld({ _sy: { event, payload } });
  }

  /** Sends a frame on the old wire. */
  sendOld(frame: object): void {
    this.old.clients.forEach((ws) => ws.send(JSON.stringify(frame)));
  }

  /** Disconnects every client from the namespace for good. */
  evict(): void {
    this.io.of(notes.namespace).disconnectSockets();
  }

  /** Cuts every connection, and accepts new ones. */
  cut(): void {
    this.tcp.forEach((socket) => socket.destroy());
    this.tcp.clear();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.http.close(resolve));
    this.cut();
    this.io.engine.close();
    await closed;
  }

  private joined(since: Position | undefined): ScriptedReply | Fault {
    this.joins.push(since);
    return this.answer();
  }

  private config(): RealtimeConfig {
    const { wire } = this;
    const address = {
      wire,
      stage: wire as Stage,
      namespace: notes.namespace,
      legacy_path: '/old/notes/:book_id',
      poll_path: '',
    };
    return { version: '1.0', server_time: '', features: {}, limits: {}, services: { notes: address } };
  }
}

/** The name of its only room. */
const ROOM = 'book_b1';
