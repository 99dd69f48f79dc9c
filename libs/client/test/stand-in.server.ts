import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import type { ErrorBody, PollRequest, Reply, ServiceContract, Wire } from '@switchyard/contract';
import { Server, type Socket } from 'socket.io';
import { meter, notes } from './notes.contract.js';
import { standInConfig } from './stand-in.config.js';
import { StandInOldWire } from './stand-in.old-wire.js';
import { errorBody, StandInRooms, type StandInRoom } from './stand-in.rooms.js';

type Ack = (reply: Reply) => void;
type Request = { service: string; name: string; payload: Record<string, unknown>; answer: Ack };

/** A real server on three wires that does what a test tells it to, also what a good server never would. */
export class StandIn {
  readonly rooms = new StandInRooms();
  /** The old wire of the notes. */
  readonly old = new StandInOldWire(this, () => this.changed());
  readonly joins: { wire: string; room: string; since?: unknown }[] = [];
  readonly leaves: string[] = [];
  readonly calls: Request[] = [];
  readonly handshakes: Record<string, unknown>[] = [];
  /** What was asked for over HTTP. */
  readonly requests: string[] = [];
  /** How far ahead the server's clock is. */
  clockOffsetMs = 0;
  polls = 0;
  /** The rooms of the last poll, `service/key`. */
  lastPoll: string[] = [];
  /** Takes plain HTTP only, as when something in between lets no WebSocket or engine connection through. */
  blocked = false;
  /** Connections refused because of that. */
  attempts = 0;
  /** Takes no WebSocket, as some proxies do. */
  upgradesBlocked = false;
  /** Does not answer joins. */
  deaf = false;
  /** A service that the configuration does not name. */
  unlisted?: string;
  /** The wire clients are told to use. */
  wire: Wire = 'socketio';
  /** Refuses joins. */
  refuse?: (room: string, wire: Wire) => ErrorBody | undefined;
  /** Refuses polls as a whole. */
  refusePolls?: ErrorBody;
  /** Refuses connections to a namespace. */
  turnAway?: (auth: Record<string, unknown>) => ErrorBody | undefined;
  /** Answers calls; by default with how many there were. */
  answer: (request: Request) => void = ({ answer }) => answer({ ok: true, data: { number: this.calls.length } });
  private http!: HttpServer;
  private io!: Server;
  private tcp = new Set<TcpSocket>();
  private port = 0;
  private readonly waiting = new Set<() => void>();

  static async open(): Promise<StandIn> {
    const server = new StandIn();
    await server.listen();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Settles once `condition` holds; looked at whenever a client does something. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  /** Starts, or starts again on the same port. */
  async listen(): Promise<void> {
    this.http = createServer((request, response) => void this.serve(request, response));
    this.http.on('connection', (socket) => {
      this.tcp.add(socket);
      socket.once('close', () => this.tcp.delete(socket));
    });
    this.io = new Server(this.http, {
      destroyUpgrade: false,
      serveClient: false,
      allowRequest: ({ url }, decide) =>
        decide(null, !this.turnedDown() && !(this.upgradesBlocked && url?.includes('transport=websocket'))),
    });
    for (const contract of [notes, meter]) this.namespace(contract);
    this.http.on('upgrade', (request, socket, head) => {
      if (!request.url!.startsWith('/old/')) return;
      if (this.turnedDown()) {
        socket.destroy();
        return;
      }
      this.old.take(request, socket, head);
    });
    await new Promise<void>((resolve) => this.http.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.http.address() as AddressInfo).port;
  }

  /** Stops: every connection is cut and no new one is taken. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.http.close(resolve));
    this.tcp.forEach((socket) => socket.destroy());
    this.io.engine.close();
    await closed;
  }

  /** Cuts every connection; new ones are welcome. */
  cut(): void {
    this.tcp.forEach((socket) => socket.destroy());
  }

  /** How many engine connections there are. */
  get engines(): number {
    return this.io.engine.clientsCount;
  }

  /** The transports of the engine connections there are. */
  get engineTransports(): string[] {
    const { clients } = this.io.engine as unknown as { clients: Record<string, { transport: { name: string } }> };
    return Object.values(clients).map(({ transport }) => transport.name);
  }

  /** A room of the state service. */
  meter(key: string, value: number): StandInRoom {
    return this.rooms.open(meter, key, { value });
  }

  publish(room: StandInRoom, event: string, payload: object): void {
    this.send(room, this.rooms.append(room, event, payload));
  }

  /** Emits without logging: a duplicate, a volatile event, or whatever else the test is about. */
  send(room: StandInRoom, entry: { event: string; payload: unknown; epoch?: string; offset?: number }): void {
    const { event, payload, epoch, offset } = entry;
    const at = { room: room.name, ...(epoch && { epoch, offset }) };
    this.io.of(room.contract.namespace).to(room.name).emit(event, payload, at);
    this.old.send(room, event, payload, at);
  }

  announce(contract: ServiceContract, event: string, payload: object): void {
    this.io.of(contract.namespace).emit(event, payload);
    this.old.announce(event, payload);
  }

  evict(contract: ServiceContract): void {
    this.io.of(contract.namespace).disconnectSockets();
  }

  private turnedDown(): boolean {
    if (this.blocked) this.attempts += 1;
    return this.blocked;
  }

  private changed(): void {
    this.waiting.forEach((resolve) => resolve());
    this.waiting.clear();
  }

  private namespace(contract: ServiceContract): void {
    const namespace = this.io.of(contract.namespace);
    namespace.use((socket, next) => {
      this.handshakes.push(socket.handshake.auth);
      const data = this.turnAway?.(socket.handshake.auth);
      next(data && Object.assign(new Error('refused'), { data }));
    });
    namespace.on('connection', (socket) => {
      socket.onAny((name: string, payload: Record<string, unknown>, ack: Ack) => {
        if (name === 'join_room') this.join(socket, payload as { room: string; since?: unknown }, ack);
        else if (name === 'leave_room') this.leave(socket, payload.room as string, ack);
        else this.call({ service: contract.name, name, payload, answer: ack });
        this.changed();
      });
      this.changed();
      socket.on('disconnecting', () => {
        this.leaves.push(...[...socket.rooms].filter((room) => room !== socket.id));
        this.changed();
      });
    });
  }

  private join(socket: Socket, { room: name, since }: { room: string; since?: unknown }, ack: Ack): void {
    this.joins.push({ wire: 'socketio', room: name, since });
    if (this.deaf) return;
    const room = this.rooms.find(name);
    const error = this.refuse?.(name, 'socketio') ?? (room ? undefined : errorBody('room.not_found'));
    if (error) return ack({ ok: false, error });
    ack({ ok: true, data: this.rooms.reply(room!, since) });
    void socket.join(name);
  }

  private leave(socket: Socket, room: string, ack: Ack): void {
    this.leaves.push(room);
    void socket.leave(room);
    ack({ ok: true, data: { room } });
  }

  private call(request: Request): void {
    this.calls.push(request);
    this.answer(request);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url!, this.url).pathname;
    this.requests.push(request.url!);
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
    const answer = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (path === '/realtime/config') answer(200, standInConfig(this));
    else if (path === '/realtime/rooms' && this.refusePolls) answer(401, { error: this.refusePolls });
    else if (path === '/realtime/rooms') answer(200, this.poll(body as unknown as PollRequest));
    else if (path.startsWith('/realtime/calls/')) {
      const [service, name] = path.split('/').slice(3) as [string, string];
      this.call({ service, name, payload: body, answer: (reply) => answer(reply.ok ? 200 : 400, reply) });
    } else answer(404, { error: errorBody('path.not_found') });
    this.changed();
  }

  private poll({ rooms }: PollRequest) {
    this.polls += 1;
    this.lastPoll = rooms.map(({ service, key }) => `${service}/${key}`);
    const contracts = { notes, meter } as Record<string, ServiceContract>;
    const replies = rooms.map(({ service, key, since }) => {
      const { room: kind } = contracts[service]!;
      const name = `${(kind as { prefix: string }).prefix}_${key}`;
      this.joins.push({ wire: 'polling', room: name, since });
      const room = this.rooms.find(name);
      return room ? this.rooms.reply(room, since) : { error: errorBody('room.not_found') };
    });
    return { rooms: replies, wires: Object.fromEntries(rooms.map(({ service }) => [service, this.wire])) };
  }
}
