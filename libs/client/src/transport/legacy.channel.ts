import {
  CONTROL_EVENTS,
  formatPosition,
  isPosition,
  RemoteFault,
  type JoinReply,
  type LegacyCodec,
  type LegacyEnvelope,
  type LegacyFrame,
  type LoggedEvent,
  type ServiceContract,
  type Position,
  type ServiceTypes,
} from '@switchyard/contract';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import type { ServerClock } from '../clock/server.clock.js';
import type { HttpDoor } from '../http/http.door.js';
import { TimerSet } from '../timer/timer.set.js';
import { legacyUrl, type LegacySocket, type LegacySocketClass } from './legacy.socket.js';
import type { ControlMessage, RoomMember } from './transport.js';

/** What every room of a service on the old wire shares. */
export interface LegacyChannelOptions {
  url: string;
  contract: ServiceContract;
  path: string;
  clientId: string;
  http: Pick<HttpDoor, 'token'>;
  WebSocket: LegacySocketClass;
  codec?: LegacyCodec<ServiceTypes>;
  backoff: BackoffOptions;
  clock: ServerClock;
  joinTimeoutMs: number;
  control(message: ControlMessage): void;
  changed(): void;
}

/** One room on an old wire: a WebSocket of its own, opened again from the room's position whenever it is lost. */
export class LegacyChannel {
  /** *lost* until the server has answered on a new socket. */
  status: 'opening' | 'joined' | 'lost' = 'opening';
  /** Attempts that failed since the last answer. */
  failures = 0;
  private socket?: LegacySocket;
  private readonly timers = new TimerSet();
  private cancelDeadline?: () => void;
  private replay?: { reply: JoinReply; events: LoggedEvent[] };
  private closed = false;
  /** How long the server may be silent; unknown where it neither says so nor has a heartbeat. */
  private silenceMs?: number;
  /** Whether the present socket speaks the old wire only; unknown before its first frame. */
  private plain?: boolean;
  private openedAt = 0;

  constructor(
    readonly member: RoomMember,
    private readonly options: LegacyChannelOptions,
  ) {}

  /** Opens the socket, or opens it anew. */
  async open(): Promise<void> {
    this.drop();
    const { contract, url, path, clientId, http, WebSocket, joinTimeoutMs } = this.options;
    const token = await http.token().catch(() => undefined);
    if (this.closed) return;
    this.member.joining('legacy');
    const since = this.member.position();
    const options = this.member.options && JSON.stringify(this.member.options);
    const room = { ...('key' in contract.room && { [contract.room.key]: this.member.key }) };
    const query = { client_id: clientId, since: since && formatPosition(since), options, token };
    this.openedAt = performance.now();
    const socket = attempt(() => new WebSocket(legacyUrl(url, path, room, query)));
    if (!socket) {
      this.lost();
      return;
    }
    this.socket = socket;
    this.expectWithin(joinTimeoutMs);
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('message', ({ data }) => this.socket === socket && this.receive(data));
    socket.addEventListener('close', () => this.socket === socket && this.lost());
  }

  close(): void {
    this.closed = true;
    this.drop();
    this.timers.close();
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = undefined;
    this.replay = undefined;
    this.plain = undefined;
    this.silenceMs = undefined;
    this.cancelDeadline?.();
    socket?.close(1000);
  }

  private lost(): void {
    if (this.status !== 'joined') this.failures += 1;
    this.status = 'lost';
    this.drop();
    this.member.lost('legacy');
    this.timers.after(backoffDelay(this.options.backoff, this.failures), () => void this.open());
    this.options.changed();
  }

  /** A peer silent for longer than this is taken for dead; browsers cannot ping, so this is all there is. */
  private expectWithin(ms: number | undefined): void {
    this.cancelDeadline?.();
    this.cancelDeadline = ms === undefined ? undefined : this.timers.after(ms, () => this.giveUp());
  }

  private giveUp(): void {
    const { socket } = this;
    this.lost();
    // A dead peer answers no close; where it can be, the socket is cut instead of waiting for that.
    socket?.terminate?.();
  }

  private expectMore(): void {
    const every = this.options.codec?.heartbeat?.every_ms;
    this.expectWithin(this.silenceMs ?? (every && every * 2));
  }

  private receive(data: unknown): void {
    if (this.status === 'joined') this.expectMore();
    const frame = parseFrame(data);
    const envelope = typeof frame === 'object' ? (frame._sy as LegacyEnvelope | undefined) : undefined;
    if (envelope) this.take(envelope);
    else if (frame !== undefined) this.decode(frame);
  }

  private take(envelope: LegacyEnvelope): void {
    this.plain = false;
    if (envelope.event === 'joined') this.accept(envelope as JoinReply);
    else if (envelope.event === 'alive') this.trust((envelope as { payload: { within_ms: number } }).payload.within_ms);
    else if ('error' in envelope) this.refuse(new RemoteFault(envelope.error));
    else if (!('room' in envelope)) this.control(envelope as ControlMessage);
    else if ('payload' in envelope && envelope.room === this.member.name) this.event(envelope);
  }

  private trust(within_ms: number): void {
    this.silenceMs = within_ms;
    if (this.status === 'joined') this.expectMore();
  }

  private accept(reply: JoinReply): void {
    this.options.clock.observe(reply.server_time, this.openedAt);
    const since = this.member.position();
    if (reply.recovered && since && since.offset < reply.offset && !reply.events) this.replay = { reply, events: [] };
    else this.settle(reply);
  }

  private settle(reply: Parameters<RoomMember['joined']>[1]): void {
    this.replay = undefined;
    this.status = 'joined';
    this.failures = 0;
    this.expectMore();
    this.member.joined('legacy', reply);
    this.options.changed();
  }

  private refuse(fault: RemoteFault): void {
    this.close();
    this.member.refused('legacy', fault);
  }

  private control(message: ControlMessage): void {
    if (CONTROL_EVENTS.includes(message.event)) this.options.control(message);
  }

  private event({ event, payload, epoch, offset }: { event: string; payload: unknown } & Partial<Position>): void {
    const position = isPosition({ epoch, offset }) ? { epoch: epoch!, offset: offset! } : undefined;
    if (!this.replay || !position) {
      this.member.event('legacy', { event, payload, ...(position && { position }) });
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
    else if (this.status !== 'joined') this.settle({ recovered: false });
    if (message.kind === 'event') this.member.event('legacy', { event: message.event, payload: message.payload });
  }
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
