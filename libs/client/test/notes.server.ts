import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { INestApplication } from '@nestjs/common';
import { roomName, type Fault, type Position, type Stage } from '@switchyard/contract';
import { ServiceRegistry, Stages, type ServiceRuntime, type User } from '@switchyard/server';
import { CallDispatcher } from '../../server/src/dispatch/call.dispatcher.js';
import { SocketIoHost } from '../../server/src/socketio/socketio.host.js';
import { FaultProxy } from '../../../test/harness/fault-proxy.js';
import { until } from '../../../test/harness/until.js';
import { openNotesApp } from './notes.app.js';
import { MeterGateway, NotesGateway } from './notes.gateway.js';

/** A call as the server received it. */
interface ReceivedCall {
  name: string;
  payload: Record<string, unknown>;
}

/** A real server behind two proxies, one for sockets and one for HTTP, which records what it receives. */
export class NotesServer {
  readonly joins: { wire: string; room: string; since?: Position }[] = [];
  readonly leaves: string[] = [];
  readonly calls: ReceivedCall[] = [];
  readonly handshakes: unknown[] = [];
  /** Each token received in a handshake, a request or a renewal. */
  readonly tokens: (string | undefined)[] = [];
  /** The URL of each HTTP request, and of each WebSocket of the old wire. */
  readonly requests: string[] = [];
  readonly upgrades: string[] = [];
  /** The rooms of the last poll, `service/key`. */
  lastPoll: string[] = [];
  /** Refuses joins, before the server handles them. */
  refuse?: (room: string, wire: string) => Fault | undefined;
  /** Refuses calls, before the server handles them. */
  refuseCall?: (call: ReceivedCall) => Fault | undefined;
  /** Refuses tokens. */
  turnAway?: (token: string | undefined) => Fault | undefined;
  /** Joins wait for this. */
  admission?: Promise<void>;
  /** The lifetime of a token, in ms. */
  tokenLife_ms?: number;
  /** Whether WebSockets are cut at once, as by some proxies. */
  upgradesBlocked = false;

  private constructor(
    private readonly app: INestApplication,
    private readonly port: number,
    public sockets: FaultProxy,
    public http: FaultProxy,
  ) {}

  static async start(): Promise<NotesServer> {
    const running: { server?: NotesServer } = {};
    const app = await openNotesApp(({ token }) => running.server!.authenticate(token));
    const { port } = (app.getHttpServer() as HttpServer).address() as AddressInfo;
    const server = (running.server = new NotesServer(app, port, await FaultProxy.to(port), await FaultProxy.to(port)));
    server.watch();
    return server;
  }

  get url(): string {
    return this.sockets.url;
  }

  get gateway(): NotesGateway {
    return this.app.get(NotesGateway);
  }

  get meters(): MeterGateway {
    return this.app.get(MeterGateway);
  }

  /** Identifies the user by the part of the token before its `#`. */
  authenticate(token: string | undefined): Promise<User | undefined> {
    this.tokens.push(token);
    const fault = this.turnAway?.(token);
    if (fault) return Promise.reject(fault);
    const expires_at = this.tokenLife_ms && Date.now() + this.tokenLife_ms;
    return Promise.resolve(
      token === undefined ? undefined : { id: token.split('#')[0]!, ...(expires_at && { expires_at }) },
    );
  }

  /** Changes the stage of the notes. */
  async use(stage: Stage, closed = false): Promise<void> {
    await this.app.get(Stages).change('notes', { stage, closed, force: true, reason: 'a test' }, 'a test');
  }

  book(key: string, texts: string[] = []): void {
    this.gateway.books.set(key, texts);
  }

  /** Makes calls wait until the returned function is called. */
  hold(): (number?: number) => void {
    let release!: (number?: number) => void;
    const held = new Promise<{ number: number }>((resolve) => (release = (number = 0) => resolve({ number })));
    this.gateway.answer = () => held;
    this.held.push(release);
    return (number) => {
      this.gateway.answer = undefined;
      release(number);
    };
  }

  /** Resolves once `condition` holds. */
  until(condition: () => boolean): Promise<boolean> {
    return until('what a client does', condition);
  }

  /** Cuts every connection, and accepts new ones. */
  cut(): void {
    this.sockets.cutClean();
    this.http.cutClean();
  }

  /** Lets only plain HTTP through. */
  block(): void {
    this.sockets.refuse();
    this.sockets.cutClean();
  }

  /** Cuts every connection, and accepts no new ones. */
  leave(): void {
    this.block();
    this.http.refuse();
    this.http.cutClean();
  }

  /** Accepts connections again. */
  return(): void {
    this.sockets.accept();
    this.http.accept();
  }

  /** The number of polls so far. */
  get polls(): number {
    return this.requests.filter((url) => url.startsWith('/realtime/rooms')).length;
  }

  /** The transports of the open engine connections. */
  get engineTransports(): string[] {
    return this.engines().map(({ transport }) => transport.name);
  }

  /** Resets the server, once every client is gone. */
  async reset(): Promise<void> {
    this.held.splice(0).forEach((release) => release());
    // New proxies have new ports, so that a test's connections do not affect the next test.
    await Promise.all([this.sockets.close(), this.http.close()]);
    // A long-polling session without its client would only end with a timeout.
    this.engines().forEach((engine) => engine.close(true));
    [this.sockets, this.http] = [await FaultProxy.to(this.port), await FaultProxy.to(this.port)];
    const services = this.services();
    const keys = [...this.gateway.books.keys(), ...this.meters.levels.keys()];
    const isEmpty = (key: string) => services.every((service) => service.members.here(key).length === 0);
    await this.until(() => this.engineTransports.length === 0 && this.oldSockets.size === 0 && keys.every(isEmpty));
    await Promise.all(services.flatMap(({ rooms }) => keys.map((key) => rooms.open(key).forget())));
    await this.use('socketio');
    this.gateway.reset();
    this.meters.levels.clear();
    const { joins, leaves, calls, handshakes, tokens, requests, upgrades } = this;
    for (const list of [joins, leaves, calls, handshakes, tokens, requests, upgrades]) list.length = 0;
    Object.assign(this, { lastPoll: [], upgradesBlocked: false });
    this.refuse = this.refuseCall = this.turnAway = this.admission = this.tokenLife_ms = undefined;
  }

  async close(): Promise<void> {
    await Promise.all([this.sockets.close(), this.http.close()]);
    await this.app.close();
  }

  private readonly held: ((number?: number) => void)[] = [];
  private readonly oldSockets = new Set<Duplex>();

  private engines(): Engine[] {
    const { clients } = this.app.get(SocketIoHost).server.engine as object as {
      clients: Record<string, Engine>;
    };
    return Object.values(clients);
  }

  private services(): ServiceRuntime[] {
    return this.app.get(ServiceRegistry).all();
  }

  /** Records joins, calls and requests, and refuses those that a test refuses. */
  private watch(): void {
    const http = this.app.getHttpServer() as HttpServer;
    http.prependListener('request', ({ url }: IncomingMessage) => {
      if (url!.startsWith('/realtime/')) this.requests.push(url!);
      if (url!.startsWith('/realtime/rooms')) this.lastPoll = [];
    });
    // A listener of the host would not see the upgrades of the framework.
    const emit = http.emit.bind(http) as (event: string | symbol, ...args: unknown[]) => boolean;
    http.emit = (event: string | symbol, ...args: unknown[]) => {
      if (event === 'upgrade') this.noteUpgrade(...(args as [IncomingMessage, Duplex]));
      return emit(event, ...args);
    };
    const { server } = this.app.get(SocketIoHost);
    for (const service of this.services()) {
      server.of(service.contract.namespace).on('connection', ({ handshake }) => this.handshakes.push(handshake.auth));
      this.watchRooms(service);
    }
    const dispatcher = this.app.get(CallDispatcher);
    const call = dispatcher.call.bind(dispatcher);
    dispatcher.call = (service, name, payload, caller) => {
      const received = { name, payload: payload as Record<string, unknown> };
      this.calls.push(received);
      const error = this.refuseCall?.(received)?.toBody();
      return error ? Promise.resolve({ ok: false, error }) : call(service, name, payload, caller);
    };
  }

  private noteUpgrade({ url }: IncomingMessage, socket: Duplex): void {
    if (this.upgradesBlocked) socket.destroy();
    if (!url!.startsWith('/old/')) return;
    this.upgrades.push(url!);
    this.oldSockets.add(socket.once('close', () => this.oldSockets.delete(socket)));
  }

  private watchRooms(service: ServiceRuntime): void {
    const { contract } = service;
    const [join, poll, leave] = [service.join.bind(service), service.poll.bind(service), service.leave.bind(service)];
    const onJoin = async (wire: string, key: string | undefined, since?: Position) => {
      const room = roomName(contract, key!);
      this.joins.push({ wire, room, since });
      const fault = this.refuse?.(room, wire);
      if (fault) throw fault;
      await this.admission;
    };
    service.join = async (member, key, request, admit) => {
      await onJoin(member.caller.wire, key, request.since);
      return join(member, key, request, admit);
    };
    service.poll = async (caller, key, request) => {
      this.lastPoll.push(`${contract.name}/${key}`);
      await onJoin('polling', key, request.since);
      return poll(caller, key, request);
    };
    service.leave = (memberId, key, left) => {
      if (service.members.here(key).some(({ id }) => id === memberId)) this.leaves.push(roomName(contract, key));
      return leave(memberId, key, left);
    };
  }
}

interface Engine {
  transport: { name: string };
  close(discard: boolean): void;
}
