import {
  formatPosition,
  isPosition,
  RemoteFault,
  type ErrorBody,
  type JoinReply,
  type LegacyCodec,
  type LegacyEnvelope,
  type LegacyFrame,
  type LegacyMessage,
  type Position,
  type Reply,
  type ServiceContract,
  type ServiceTypes,
  type ControlMessage,
} from '@switchyard/contract';
import type { ServerClock } from '../../clock/server.clock.js';
import type { TimerSet } from '../../timer/timer.set.js';
import { controlMessage } from '../../transport/control.message.js';
import type { LegacySocket, LegacySocketClass } from '../../transport/legacy.socket.js';
import type { RoomSink, WireEvent, WireReply } from '../../transport/transport.js';
import { VERSION } from '../../version/version.js';
import { legacyUrl } from './legacy.url.js';

/** What all rooms of a service on its old wire share. */
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

/** Receives what happens on an old wire's connection. */
export interface LegacyConnectionListener {
  joined(reply: WireReply): void;
  event(event: WireEvent): void;
  control(message: ControlMessage): void;
  refused(fault: RemoteFault): void;
  /** The connection ended; `expired` is the server's refusal when the token expired. */
  lost(expired?: RemoteFault): void;
}

/** The server's close code for a socket whose token has expired. */
const UNAUTHENTICATED = 4401;

/** One WebSocket on an old wire, which joins a room from its position. */
export class LegacyConnection {
  protected socket?: LegacySocket;
  #isJoined = false;
  #cancelDeadline?: () => void;
  #replay?: { reply: JoinReply; events: NonNullable<WireReply['events']> };
  /** How long the server may be silent, in ms; undefined until the server says it. */
  #silenceMs?: number;
  /** Whether the server speaks only the old wire; undefined before its first frame. */
  protected isPlain?: boolean;
  #lastError?: ErrorBody;
  readonly #since?: Position;
  readonly #openedAt = performance.now();

  constructor(
    private readonly room: RoomSink,
    readonly token: string | undefined,
    protected readonly options: LegacyConnectionOptions,
    private readonly timers: TimerSet,
    private readonly listener: LegacyConnectionListener,
  ) {
    this.#since = room.position();
  }

  /** Makes a call; undefined where the wire does not answer calls, whose connections are of this class. @throws Fault `wire.lost` */
  call?(name: string, payload: object): Promise<Reply> | undefined;

  open(): void {
    const { contract, codec, url, path, clientId, WebSocket, joinTimeoutMs } = this.options;
    const { token } = this;
    const since = this.#since;
    const options = this.room.options && JSON.stringify(this.room.options);
    const room = { ...('key' in contract.room && { [contract.room.key]: this.room.key }) };
    const sy_room = this.room.name;
    const query = { sy_room, client_id: clientId, sdk: VERSION, since: since && formatPosition(since), options, token };
    const { params = room, protocols, frames } = codec?.opening?.({ key: this.room.key, token }) ?? {};
    const socket = tryOpen(() => new WebSocket(legacyUrl(url, path, params, query), protocols as string[]));
    if (!socket) return this.listener.lost();
    this.socket = socket;
    this.#loseAfter(joinTimeoutMs);
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('open', () => frames?.forEach((frame) => socket.send(textOf(frame))));
    socket.addEventListener('message', ({ data }) => this.socket === socket && this.receive(data));
    socket.addEventListener('close', ({ code }) => this.socket === socket && this.#ended(code));
  }

  close(): void {
    const { socket } = this;
    this.socket = undefined;
    this.#cancelDeadline?.();
    socket?.close(1000);
  }

  #ended(code: number): void {
    this.close();
    this.listener.lost(code === UNAUTHENTICATED && this.#lastError ? new RemoteFault(this.#lastError) : undefined);
  }

  /** Treats the connection as lost after `ms` of silence, because browsers cannot ping. */
  #loseAfter(ms: number | undefined): void {
    this.#cancelDeadline?.();
    this.#cancelDeadline = ms === undefined ? undefined : this.timers.after(ms, () => this.#giveUp());
  }

  #giveUp(): void {
    const socket = this.socket;
    this.close();
    this.listener.lost();
    // A dead peer does not answer a close, so the socket is cut where the platform can.
    socket?.terminate?.();
  }

  #extendDeadline(): void {
    const every = this.options.codec?.heartbeat?.every_ms;
    this.#loseAfter(this.#silenceMs ?? (every && every * 2));
  }

  protected receive(data: unknown): void {
    if (this.#isJoined) this.#extendDeadline();
    const frame = parseFrame(data);
    const envelope = typeof frame === 'object' ? (frame._sy as LegacyEnvelope | undefined) : undefined;
    if (envelope) this.#receiveEnvelope(envelope, frame!);
    else if (frame !== undefined) this.#decode(frame);
  }

  #receiveEnvelope(envelope: LegacyEnvelope, frame: LegacyFrame): void {
    this.isPlain = false;
    if (envelope.event === 'joined') this.#receiveReply(envelope as JoinReply);
    else if (envelope.event === 'alive')
      this.#setSilence((envelope as { payload?: { within_ms: number } }).payload?.within_ms);
    else if ('error' in envelope) this.listener.refused(new RemoteFault(envelope.error));
    else if (!('room' in envelope)) this.#control(envelope);
    else if ('payload' in envelope && envelope.room === this.room.name) this.#event(envelope, frame);
  }

  #setSilence(within_ms: number | undefined): void {
    this.#silenceMs = within_ms;
    if (this.#isJoined) this.#extendDeadline();
  }

  #receiveReply(reply: JoinReply): void {
    this.options.clock.observe(reply.server_time, this.#openedAt);
    const since = this.#since;
    if (reply.recovered && since && since.offset < reply.offset && !reply.events) this.#replay = { reply, events: [] };
    else this.#reportJoined(reply);
  }

  #reportJoined(reply: WireReply): void {
    this.#replay = undefined;
    this.#isJoined = true;
    this.#extendDeadline();
    this.listener.joined(reply);
  }

  #control({ event, payload }: { event: string; payload: unknown }): void {
    const message = controlMessage(event, payload);
    if (event === 'service_error') this.#lastError = payload as ErrorBody;
    else if (message) this.listener.control(message);
  }

  #event(
    { event, payload, epoch, offset }: { event: string; payload: unknown } & Partial<Position>,
    frame: LegacyFrame,
  ): void {
    const position = isPosition({ epoch, offset }) ? { epoch: epoch!, offset: offset! } : undefined;
    if (!this.#replay || !position) {
      this.listener.event({ event, payload, ...(position && { position }), frame });
      return;
    }
    // Missed events follow the reply as ordinary frames; together they are one reply.
    this.#replay.events.push({ event, payload, ...position, frame });
    const { reply, events } = this.#replay;
    if (position.offset >= reply.offset) this.#reportJoined({ ...reply, events });
  }

  /** Reads a frame without an envelope; when the first frame is one, the wire is unchanged and has no positions. */
  #decode(frame: LegacyFrame): void {
    this.isPlain ??= true;
    if (this.isPlain) this.take(this.options.codec?.decodeEvent(frame));
  }

  protected take(message: LegacyMessage<ServiceTypes> | undefined): void {
    if (!message) return;
    if (message.kind === 'snapshot') this.#reportJoined({ recovered: false, snapshot: message.payload });
    else if (!this.#isJoined) this.#reportJoined({ recovered: false });
    if (message.kind === 'event') this.listener.event({ event: message.event, payload: message.payload });
  }
}

/** Returns undefined where the page may not open a WebSocket; some browsers throw then. */
function tryOpen<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}

function textOf(frame: LegacyFrame): string {
  return typeof frame === 'string' ? frame : JSON.stringify(frame);
}

/** Reads a frame; undefined for bytes. */
export function parseFrame(data: unknown): LegacyFrame | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? (value as LegacyFrame) : data;
  } catch {
    return data;
  }
}
