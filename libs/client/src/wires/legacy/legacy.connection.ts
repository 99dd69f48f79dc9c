import {
  CONTROL_EVENTS,
  formatPosition,
  isPosition,
  RemoteFault,
  type ErrorBody,
  type JoinReply,
  type LegacyCodec,
  type LegacyEnvelope,
  type LegacyFrame,
  type LoggedEvent,
  type Position,
  type ServiceContract,
  type ServiceTypes,
} from '@switchyard/contract';
import type { ServerClock } from '../../clock/server.clock.js';
import type { TimerSet } from '../../timer/timer.set.js';
import type { LegacySocket, LegacySocketClass } from '../../transport/legacy.socket.js';
import type { ControlMessage, RoomSink, WireEvent, WireReply } from '../../transport/transport.js';
import { legacyUrl } from './legacy.url.js';

/** What every room of a service on the old wire shares. */
export interface LegacyConnectionOptions {
  url: string;
  contract: ServiceContract;
  path: string;
  clientId: string;
  WebSocket: LegacySocketClass;
  codec?: LegacyCodec<ServiceTypes>;
  clock: ServerClock;
  joinTimeoutMs: number;
}

/** What a line tells its channel. */
export interface LegacyConnectionListener {
  joined(reply: WireReply): void;
  event(event: WireEvent): void;
  control(message: ControlMessage): void;
  refused(fault: RemoteFault): void;
  /** It ended; because of `expired`, when its token did. */
  lost(expired?: RemoteFault): void;
}

/** The server's close code for a socket whose token has ended. */
const UNAUTHENTICATED = 4401;

/** One WebSocket on an old wire, from its opening at a room's position to its end. */
export class LegacyConnection {
  private socket?: LegacySocket;
  private isJoined = false;
  private cancelDeadline?: () => void;
  private replay?: { reply: JoinReply; events: LoggedEvent[] };
  /** How long the server may be silent; unknown where it neither says so nor has a heartbeat. */
  private silenceMs?: number;
  /** Whether the socket speaks the old wire only; unknown before its first frame. */
  private plain?: boolean;
  private lastError?: ErrorBody;
  private readonly since?: Position;
  private readonly openedAt = performance.now();

  constructor(
    private readonly room: RoomSink,
    readonly token: string | undefined,
    private readonly options: LegacyConnectionOptions,
    private readonly timers: TimerSet,
    private readonly listener: LegacyConnectionListener,
  ) {
    this.since = room.position();
  }

  open(): void {
    const { contract, url, path, clientId, WebSocket, joinTimeoutMs } = this.options;
    const { since, token } = this;
    const options = this.room.options && JSON.stringify(this.room.options);
    const room = { ...('key' in contract.room && { [contract.room.key]: this.room.key }) };
    const query = { client_id: clientId, since: since && formatPosition(since), options, token };
    const socket = attempt(() => new WebSocket(legacyUrl(url, path, room, query)));
    if (!socket) return this.listener.lost();
    this.socket = socket;
    this.expectWithin(joinTimeoutMs);
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('message', ({ data }) => this.socket === socket && this.receive(data));
    socket.addEventListener('close', ({ code }) => this.socket === socket && this.ended(code));
  }

  close(): void {
    const { socket } = this;
    this.socket = undefined;
    this.cancelDeadline?.();
    socket?.close(1000);
  }

  private ended(code: number): void {
    this.close();
    this.listener.lost(code === UNAUTHENTICATED && this.lastError ? new RemoteFault(this.lastError) : undefined);
  }

  /** A peer silent for longer than this is taken for dead; browsers cannot ping, so this is all there is. */
  private expectWithin(ms: number | undefined): void {
    this.cancelDeadline?.();
    this.cancelDeadline = ms === undefined ? undefined : this.timers.after(ms, () => this.giveUp());
  }

  private giveUp(): void {
    const { socket } = this;
    this.close();
    this.listener.lost();
    // A dead peer answers no close; where it can be, the socket is cut instead of waiting for that.
    socket?.terminate?.();
  }

  private expectMore(): void {
    const every = this.options.codec?.heartbeat?.every_ms;
    this.expectWithin(this.silenceMs ?? (every && every * 2));
  }

  private receive(data: unknown): void {
    if (this.isJoined) this.expectMore();
    const frame = parseFrame(data);
    const envelope = typeof frame === 'object' ? (frame._sy as LegacyEnvelope | undefined) : undefined;
    if (envelope) this.take(envelope);
    else if (frame !== undefined) this.decode(frame);
  }

  private take(envelope: LegacyEnvelope): void {
    this.plain = false;
    if (envelope.event === 'joined') this.accept(envelope as JoinReply);
    else if (envelope.event === 'alive') this.trust((envelope as { payload: { within_ms: number } }).payload.within_ms);
    else if ('error' in envelope) this.listener.refused(new RemoteFault(envelope.error));
    else if (!('room' in envelope)) this.control(envelope as ControlMessage | ServiceError);
    else if ('payload' in envelope && envelope.room === this.room.name) this.event(envelope);
  }

  private trust(within_ms: number): void {
    this.silenceMs = within_ms;
    if (this.isJoined) this.expectMore();
  }

  private accept(reply: JoinReply): void {
    this.options.clock.observe(reply.server_time, this.openedAt);
    const { since } = this;
    if (reply.recovered && since && since.offset < reply.offset && !reply.events) this.replay = { reply, events: [] };
    else this.settle(reply);
  }

  private settle(reply: WireReply): void {
    this.replay = undefined;
    this.isJoined = true;
    this.expectMore();
    this.listener.joined(reply);
  }

  private control(message: ControlMessage | ServiceError): void {
    if (message.event === 'service_error') this.lastError = message.payload;
    else if (CONTROL_EVENTS.includes(message.event)) this.listener.control(message);
  }

  private event({ event, payload, epoch, offset }: { event: string; payload: unknown } & Partial<Position>): void {
    const position = isPosition({ epoch, offset }) ? { epoch: epoch!, offset: offset! } : undefined;
    if (!this.replay || !position) {
      this.listener.event({ event, payload, ...(position && { position }) });
      return;
    }
    // What was missed follows the reply as ordinary frames; together they are one answer.
    this.replay.events.push({ event, payload, ...position });
    const { reply, events } = this.replay;
    if (position.offset >= reply.offset) this.settle({ ...reply, events });
  }

  /** A frame without Switchyard's part: one that came first means a wire hosted or proxied unchanged, without positions. */
  private decode(frame: LegacyFrame): void {
    this.plain ??= true;
    const message = this.plain ? this.options.codec?.decodeEvent(frame) : undefined;
    if (!message) return;
    if (message.kind === 'snapshot') this.settle({ recovered: false, snapshot: message.payload });
    else if (!this.isJoined) this.settle({ recovered: false });
    if (message.kind === 'event') this.listener.event({ event: message.event, payload: message.payload });
  }
}

interface ServiceError {
  event: 'service_error';
  payload: ErrorBody;
}

/** Undefined where the page may open no WebSocket, which some browsers say by throwing. */
function attempt<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}

function parseFrame(data: unknown): LegacyFrame | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? (value as LegacyFrame) : data;
  } catch {
    return data;
  }
}
