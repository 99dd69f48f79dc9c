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

/** A call that arrived. */
interface Arrived {
  name: string;
  payload: Record<string, unknown>;
}

/** The real server behind two proxies, one for sockets and one for HTTP, with a record of what reached it. */
export class NotesServer {
  readonly joins: { wire: string; room: string; since?: Position }[] = [];
  readonly leaves: string[] = [];
  readonly calls: Arrived[] = [];
  readonly handshakes: unknown[] = [];
  /** Each token that was shown, in a handshake, a request or a renewal. */
  readonly tokens: (string | undefined)[] = [];
  /** The address of each HTTP request, and of each WebSocket of the old wire. */
  readonly requests: string[] = [];
  readonly upgrades: string[] = [];
  /** The rooms of the last poll, `service/key`. */
  lastPoll: string[] = [];
  /** Refuses joins where limits do. */
  refuse?: (room: string, wire: string) => Fault | undefined;
  /** Refuses calls where limits do. */
  refuseCall?: (call: Arrived) => Fault | undefined;
  /** Refuses who shows a token. */
  turnAway?: (token: string | undefined) => Fault | undefined;
  /** What joins wait for. */
  admission?: Promise<void>;
  /** How long a token is good for, in ms. */
  tokenLife_ms?: number;
  /** Whether WebSockets are cut off at once, as some proxies do. */
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

  /** Who is behind a token: what stands before its `#`. */
  authenticate(token: string | undefined): Promise<User | undefined> {
    this.tokens.push(token);
    const fault = this.turnAway?.(token);
    if (fault) return Promise.reject(fault);
    const expires_at = this.tokenLife_ms && Date.now() + this.tokenLife_ms;
    return Promise.resolve(
      token === undefined ? undefined : { id: token.split('#')[0]!, ...(expires_at && { expires_at }) },
    );
  }

  /** Tells clients which wire to use. */
  async use(stage: Stage, closed = false): Promise<void> {
    await this.app.get(Stages).change('notes', { stage, closed, force: true, reason: 'the test says so' }, 'a test');
  }

  book(key: string, texts: string[] = []): void {
    this.gateway.books.set(key, texts);
  }

  /** Has calls wait until they are released. */
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

  /** Settles once `condition` holds. */
  until(condition: () => boolean): Promise<boolean> {
    return until('what a client does', condition);
  }

  /** Cuts every connection; new ones are welcome. */
  cut(): void {
    this.sockets.cutClean();
    this.http.cutClean();
  }

  /** Lets nothing but plain HTTP through. */
  block(): void {
    this.sockets.refuse();
    this.sockets.cutClean();
  }

  /** Cuts every connection and takes no new one. */
  leave(): void {
    this.block();
    this.http.refuse();
    this.http.cutClean();
  }

  /** Takes connections again. */
  return(): void {
    this.sockets.accept();
    this.http.accept();
  }

  /** How many polls there were. */
  get polls(): number {
    return this.requests.filter((url) => url.startsWith('/realtime/rooms')).length;
  }

  /** The transports of the engine connections there are. */
  get engineTransports(): string[] {
    return this.engines().map(({ transport }) => transport.name);
  }

  /** Makes it as new, once every client is gone. */
  async reset(): Promise<void> {
    this.held.splice(0).forEach((release) => release());
    // On ports of their own: what a test did to the clock stays with the connections that it had.
    await Promise.all([this.sockets.close(), this.http.close()]);
    // A session of long polling whose client is gone would be waited for.
    this.engines().forEach((engine) => engine.close(true));
    [this.sockets, this.http] = [await FaultProxy.to(this.port), await FaultProxy.to(this.port)];
    const services = this.services();
    const keys = [...this.gateway.books.keys(), ...this.meters.levels.keys()];
    const isDeserted = (key: string) => services.every((service) => service.membersHere(key).length === 0);
    await this.until(() => this.engineTransports.length === 0 && this.oldSockets.size === 0 && keys.every(isDeserted));
    await Promise.all(services.flatMap(({ rooms }) => keys.map((key) => rooms.open(key).forget())));
    await this.use('socketio');
    this.gateway.reset();
    this.meters.levels.clear();
    for (const list of [
      this.joins,
      this.leaves,
      this.calls,
      this.handshakes,
      this.tokens,
      this.requests,
      this.upgrades,
    ])
      list.length = 0;
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

  /** Records what arrives, and refuses it where a test says so; everything else is the server's. */
  private watch(): void {
    const http = this.app.getHttpServer() as HttpServer;
    http.prependListener('request', ({ url }: IncomingMessage) => {
      if (url!.startsWith('/realtime/')) this.requests.push(url!);
      if (url!.startsWith('/realtime/rooms')) this.lastPoll = [];
    });
    http.prependListener('upgrade', ({ url }: IncomingMessage, socket: Duplex) => {
      if (this.upgradesBlocked) socket.destroy();
      if (!url!.startsWith('/old/')) return;
      this.upgrades.push(url!);
      this.oldSockets.add(socket.once('close', () => this.oldSockets.delete(socket)));
    });
    const { server } = this.app.get(SocketIoHost);
    for (const service of this.services()) {
      server.of(service.contract.namespace).on('connection', ({ handshake }) => this.handshakes.push(handshake.auth));
      this.watchRooms(service);
    }
    const dispatcher = this.app.get(CallDispatcher);
    const call = dispatcher.call.bind(dispatcher);
    dispatcher.call = (service, name, payload, caller) => {
      const arrived = { name, payload: payload as Record<string, unknown> };
      this.calls.push(arrived);
      const error = this.refuseCall?.(arrived)?.toBody();
      return error ? Promise.resolve({ ok: false, error }) : call(service, name, payload, caller);
    };
  }

  private watchRooms(service: ServiceRuntime): void {
    const { contract } = service;
    const [join, poll, leave] = [service.join.bind(service), service.poll.bind(service), service.leave.bind(service)];
    const arrived = async (wire: string, key: string | undefined, since?: Position) => {
      const room = roomName(contract, key!);
      this.joins.push({ wire, room, since });
      const fault = this.refuse?.(room, wire);
      if (fault) throw fault;
      await this.admission;
    };
    service.join = async (member, key, request, admit) => {
      await arrived(member.caller.wire, key, request.since);
      return join(member, key, request, admit);
    };
    service.poll = async (caller, key, request) => {
      this.lastPoll.push(`${contract.name}/${key}`);
      await arrived('polling', key, request.since);
      return poll(caller, key, request);
    };
    service.leave = (memberId, key, left) => {
      if (service.membersHere(key).some(({ id }) => id === memberId)) this.leaves.push(roomName(contract, key));
      return leave(memberId, key, left);
    };
  }
}

interface Engine {
  transport: { name: string };
  close(discard: boolean): void;
}
