import {
  Fault,
  RemoteFault,
  type ErrorBody,
  type JoinReply,
  type Reply,
  type WireName,
  type ControlMessage,
} from '@switchyard/contract';
import { BehaviorSubject, Subject } from 'rxjs';
import type { Socket } from 'socket.io-client';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import type { ServerClock } from '../clock/server.clock.js';
import type { TokenKeeper } from '../identity/token.keeper.js';
import { TokenRenewal } from '../identity/token.renewal.js';
import { TimerSet } from '../timer/timer.set.js';
import { isFinalRefusal, isRedirect } from '../transport/refusal.js';
import { RoomSinks } from '../transport/room.sinks.js';
import type { SocketioDialect } from './socketio.dialect.js';
import type { SocketioEngine } from './socketio.engine.js';
import type { RoomSink, Transport, TransportState } from '../transport/transport.js';

/** What a Socket.IO transport needs besides its socket. */
export interface SocketioTransportOptions {
  engine: Pick<SocketioEngine, 'enter' | 'ease' | 'leave' | 'rememberToken' | 'tokenOf'>;
  backoff: BackoffOptions;
  clock: ServerClock;
  joinTimeoutMs: number;
  tokens: TokenKeeper;
  /** Encodes and decodes the packets of the service. */
  dialect: SocketioDialect;
}

/** A service in a Socket.IO namespace. */
export class SocketioTransport implements Transport {
  readonly wire: WireName;
  readonly ordered: boolean = true;
  readonly state$ = new BehaviorSubject<TransportState>({ status: 'connecting', failures: 0 });
  readonly control$ = new Subject<ControlMessage>();
  readonly #rooms = new RoomSinks();
  readonly #timers = new TimerSet();
  readonly #dialect: SocketioDialect;
  readonly #renewal: TokenRenewal;
  #lastError?: ErrorBody;

  constructor(
    private readonly socket: Socket,
    private readonly options: SocketioTransportOptions,
  ) {
    this.#dialect = options.dialect;
    this.wire = this.#dialect.wire;
    this.#renewal = new TokenRenewal(
      { token: () => options.engine.tokenOf(socket), reauthenticate: (token) => this.#reauthenticate(token) },
      options.tokens,
      this.#timers,
    );
    // Added once, because listeners added on each connect would run twice after the first reconnect.
    socket.on('connect', () => this.#connected());
    socket.on('disconnect', (reason) => this.#disconnected(reason));
    socket.on('connect_error', (error) => this.#failed((error as Error & { data?: ErrorBody }).data));
    socket.onAny((event: string, payload: unknown, position?: unknown) => this.#receive(event, payload, position));
  }

  connect(): void {
    this.options.engine.enter(this.socket);
  }

  ease(isServed: boolean): void {
    this.options.engine.ease(this.socket, isServed);
  }

  join(room: RoomSink): void {
    this.#rooms.add(room);
    if (this.socket.connected) void this.#sendJoin(room);
  }

  leave(room: RoomSink): void {
    if (!this.#rooms.delete(room) || this.#rooms.named(room.name).length > 0) return;
    if (this.socket.connected) this.socket.emit(...this.#dialect.leave(room), () => undefined);
  }

  async call(name: string, payload: object): Promise<Reply> {
    if (!this.socket.connected) throw new Fault('wire.lost');
    const reply: unknown = await this.socket.emitWithAck(name, payload).catch((cause: unknown) => {
      throw new Fault('wire.lost', undefined, { cause });
    });
    // Another attempt would get the same answer.
    if (!isReply(reply)) throw new Fault('call.failed');
    if (!reply.ok) this.#reviewToken(reply.error);
    return reply;
  }

  close(): void {
    this.#shut();
  }

  #shut(fault?: TransportState['fault']): void {
    if (this.state$.value.status === 'closed') return;
    this.#renewal.stop();
    this.#timers.close();
    // The next use of the namespace gets the same socket, which would send them.
    this.socket.sendBuffer = [];
    this.socket.off();
    this.socket.offAny();
    this.options.engine.leave(this.socket);
    this.#rooms.all().forEach((room) => room.lost(this.wire));
    this.#rooms.clear();
    this.state$.next({ status: 'closed', failures: 0, fault });
    this.state$.complete();
    this.control$.complete();
  }

  #connected(): void {
    this.options.tokens.accepted();
    this.state$.next({ status: 'connected', failures: 0 });
    this.#rooms.all().forEach((room) => void this.#sendJoin(room));
  }

  #disconnected(reason: Socket.DisconnectReason): void {
    this.#renewal.stop();
    // Joins and calls are repeated by their owners, with a position or a correlation_id.
    this.socket.sendBuffer = [];
    this.#rooms.all().forEach((room) => room.lost(this.wire));
    // This reason means an eviction; a server that wants its clients back closes the engine connection.
    if (reason === 'io server disconnect')
      this.#shut(this.#lastError ? new RemoteFault(this.#lastError) : new Fault('connection.limit'));
    else this.state$.next({ status: 'disconnected', failures: 0 });
  }

  #failed(refusal: ErrorBody | undefined): void {
    const failures = this.state$.value.failures + 1;
    const { tokens, backoff } = this.options;
    const fault = refusal?.code === undefined ? undefined : new RemoteFault(refusal);
    // A redirect is not final, because another wire serves the service.
    if (fault && !isRedirect(fault) && isFinalRefusal(fault, tokens.renewable)) {
      this.#shut(fault);
      return;
    }
    if (refusal) this.#reviewToken(refusal);
    // The manager retries a connection that failed, but not a namespace that was refused.
    if (!this.socket.active) {
      const delayMs = Math.max(backoffDelay(backoff, failures), tokens.retryDelay());
      this.#timers.after(delayMs, () => this.socket.connect());
    }
    this.state$.next({ status: 'disconnected', failures, ...(fault && { fault }) });
  }

  async #sendJoin(room: RoomSink): Promise<void> {
    const connection = this.socket.id;
    const current = () => this.#rooms.has(room) && this.socket.id === connection;
    const sentAt = performance.now();
    room.joining(this.wire);
    const again = () => current() && void this.#sendJoin(room);
    let reply: unknown;
    try {
      const socket = this.socket.timeout(this.options.joinTimeoutMs);
      reply = await socket.emitWithAck(...this.#dialect.join(room));
    } catch {
      again();
      return;
    }
    if (!current()) return;
    if (!isReply(reply) || (reply.ok && !reply.data)) {
      this.#timers.after(backoffDelay(this.options.backoff, 1), again);
      return;
    }
    if (!reply.ok) {
      this.#reviewToken(reply.error);
      room.refused(this.wire, new RemoteFault(reply.error));
      return;
    }
    const joined = reply.data as JoinReply;
    this.options.clock.observe(joined.server_time, sentAt);
    room.joined(this.wire, joined);
  }

  #receive(event: string, payload: unknown, at: unknown): void {
    const packet = this.#dialect.decode(event, payload, at);
    if (packet?.kind === 'control') this.#onControl(packet.message);
    else if (packet?.kind === 'error') this.#lastError = packet.error;
    else if (packet) this.#rooms.named(packet.room).forEach((room) => room.event(this.wire, packet.message));
  }

  #onControl(message: ControlMessage): void {
    if (message.event === 'auth_expiring') this.#renewal.begin(message.payload.expires_in_ms);
    this.control$.next(message);
  }

  /** Reports a refused token, and renews it on an open connection. */
  #reviewToken(refusal: ErrorBody): void {
    if (!refusal.code.startsWith('auth.')) return;
    this.options.tokens.refused(this.options.engine.tokenOf(this.socket), new RemoteFault(refusal));
    // The server is about to close the connection; a new token may come in time.
    if (this.socket.connected) this.#renewal.begin(0);
  }

  async #reauthenticate(token: string): Promise<boolean> {
    const { engine, joinTimeoutMs, tokens } = this.options;
    const socket = this.socket.timeout(joinTimeoutMs);
    const reply = (await socket.emitWithAck(...this.#dialect.renew(token))) as Reply;
    if (reply.ok) engine.rememberToken(this.socket, token);
    else tokens.refused(token, new RemoteFault(reply.error));
    return reply.ok;
  }
}

/** Whether an acknowledgement is a reply; a handler that is not Switchyard's may acknowledge with nothing. */
function isReply(ack: unknown): ack is Reply {
  const { ok, error } = (ack ?? {}) as { ok?: boolean; error?: ErrorBody };
  return ok === true || !!error?.code;
}
