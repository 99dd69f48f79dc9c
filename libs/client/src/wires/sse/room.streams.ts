import type { JoinReply, RemoteFault } from '@switchyard/contract';
import { backoffDelay, type BackoffOptions } from '../../backoff/backoff.js';
import type { ServerClock } from '../../clock/server.clock.js';
import type { TokenKeeper } from '../../identity/token.keeper.js';
import { TokenRenewal } from '../../identity/token.renewal.js';
import { TimerSet } from '../../timer/timer.set.js';
import { endsConnection, retryAfterMs } from '../../transport/refusal.js';
import type { ControlMessage, RoomSink, WireEvent } from '../../transport/transport.js';
import type { HttpTransport } from '../../transport/http.transport.js';
import { StreamSet, type Seat, type StreamSetListener, type StreamSetOptions } from './stream.set.js';

/** What the streams of a page work with. */
export interface RoomStreamsOptions extends StreamSetOptions {
  backoff: BackoffOptions;
  clock: ServerClock;
  tokens: TokenKeeper;
}

/** A new token, and who waits until the server has taken it. */
interface Renewal {
  token: string;
  settle(isTaken: boolean): void;
}

/** How many times longer than between two connections the wait may get between attempts that fail. */
const MAX_PATIENCE = 20;
/** How many attempts to replace a stream may fail before it is given up. */
const MAX_ATTEMPTS = 3;

/**
 * Streams the rooms of all services of a page that need it. When rooms come or go, or the token is renewed, another
 * stream is opened at the rooms' positions; it replaces the first one once it has answered for every room.
 */
export class RoomStreams implements StreamSetListener {
  private readonly services = new Map<string, HttpTransport>();
  /** The stream that each room gets its events from. */
  private readonly feeds = new Map<RoomSink, StreamSet>();
  private current?: StreamSet;
  private next?: StreamSet;
  /** Calls off the opening of the next stream, until its request is sent. */
  private cancelOpening?: () => void;
  /** Whether something changed since the next stream was asked for. */
  private isStale = false;
  /** Attempts that failed since a stream was complete, and the refusal of the last one. */
  private failures = 0;
  private refusal?: RemoteFault;
  /** Streams that were open and fell silent: something on the way holds events back. */
  private silences = 0;
  /** The renewal for the stream after the next one, and that for the next one. */
  private renewal?: Renewal;
  private renewing?: Renewal;
  private readonly timers = new TimerSet();
  private readonly tokenRenewal: TokenRenewal;

  constructor(private readonly options: RoomStreamsOptions) {
    const connection = {
      token: () => (this.next ?? this.current)?.token,
      reauthenticate: (token: string) => this.show(token),
    };
    this.tokenRenewal = new TokenRenewal(connection, options.tokens, this.timers);
  }

  add(service: HttpTransport): void {
    this.services.set(service.name, service);
    if (this.failures > 0 && !this.current) service.lost(this.failures, this.refusal);
    this.changed();
  }

  remove(service: HttpTransport): void {
    if (this.services.get(service.name) !== service) return;
    this.services.delete(service.name);
    service.rooms.forEach((room) => this.feeds.delete(room));
    if (this.services.size > 0) this.changed();
    else this.stop();
  }

  /** Asks for all rooms anew: one came, or is to be joined again. */
  changed(): void {
    if (this.next) this.isStale = true;
    else if (!this.cancelOpening) this.openAfter(0);
  }

  left(room: RoomSink): void {
    this.feeds.delete(room);
    this.changed();
  }

  close(): void {
    this.stop();
    this.timers.close();
  }

  opened(set: StreamSet, serverTime: string): void {
    const { clock, tokens } = this.options;
    clock.observe(serverTime, set.sentAt);
    tokens.accepted();
  }

  joined(set: StreamSet, seat: Seat, reply: JoinReply): void {
    if (!this.isTaken(seat)) return;
    this.feeds.set(seat.room, set);
    seat.room.joined('sse', reply);
  }

  refused(seat: Seat, fault: RemoteFault): void {
    if (!this.isTaken(seat)) return;
    this.feeds.delete(seat.room);
    seat.room.refused('sse', fault);
  }

  completed(set: StreamSet): void {
    if (set !== this.next) return;
    this.current?.close();
    this.current = set;
    this.next = undefined;
    this.failures = 0;
    this.settle(true);
    // Not before: calls go over HTTP from then on, and their events must find the rooms joined, as on every other wire.
    this.services.forEach((service) => service.connected());
    if (this.isStale) this.openAfter(0);
  }

  event(set: StreamSet, room: RoomSink, event: WireEvent): void {
    if (this.feeds.get(room) === set) room.event('sse', event);
  }

  control(set: StreamSet, message: ControlMessage, service: string | undefined): void {
    if (message.event === 'auth_expiring') this.tokenRenewal.begin(message.payload.expires_in_ms);
    // Two streams say the same while one replaces the other.
    if (set !== (this.current ?? this.next)) return;
    this.services.forEach((one) => (service === undefined || service === one.name) && one.control$.next(message));
  }

  ended(set: StreamSet, fault: RemoteFault | undefined, wasSilent: boolean): void {
    const { tokens } = this.options;
    const isNext = set === this.next;
    if (fault?.code.startsWith('auth.')) tokens.refused(set.token, fault);
    // A page without a token may have a cookie; the next stream brings the new one.
    if (fault && endsConnection(fault, tokens.renewable || (!isNext && !tokens.isFixed))) {
      [...this.services.values()].forEach((service) => service.ended(fault));
    } else if (isNext) this.failed(fault);
    else this.lost(wasSilent);
  }

  private failed(fault: RemoteFault | undefined): void {
    this.next = undefined;
    this.settle(false);
    this.refusal = fault;
    // A poll would be refused for the same token.
    if (fault?.code !== 'auth.expired') this.failures += 1;
    if (this.current && this.failures < MAX_ATTEMPTS) this.lose((feed) => feed !== this.current);
    else this.giveUp();
    this.retry();
  }

  private lost(wasSilent: boolean): void {
    this.current = undefined;
    this.tokenRenewal.stop();
    // The rooms wait for the answer of the next stream.
    if (this.next) return;
    if (wasSilent) {
      this.silences += 1;
      this.failures += 1;
    }
    this.refusal = undefined;
    this.giveUp();
    this.retry();
  }

  private giveUp(): void {
    this.current?.close();
    this.current = undefined;
    this.lose(() => true);
    this.services.forEach((service) => service.lost(this.failures, this.refusal));
  }

  /** Tells rooms that they get no events any more. */
  private lose(isLost: (feed: StreamSet) => boolean): void {
    for (const [room, feed] of [...this.feeds]) {
      if (!isLost(feed)) continue;
      this.feeds.delete(room);
      room.lost('sse');
    }
  }

  private retry(): void {
    const { failures, silences, refusal } = this;
    const { minMs, maxMs } = this.options.backoff;
    const longest = MAX_PATIENCE * maxMs;
    const backoff = backoffDelay({ minMs, maxMs: failures > 0 ? longest : maxMs }, failures);
    const asked = Math.max(this.options.tokens.retryDelay(), refusal ? retryAfterMs(refusal) : 0);
    this.openAfter(Math.max(backoff, asked, failures > 0 ? silences * longest : 0));
  }

  private openAfter(ms: number): void {
    this.cancelOpening?.();
    this.cancelOpening = this.timers.after(ms, () => void this.open());
  }

  private async open(): Promise<void> {
    const { cancelOpening, renewal } = this;
    this.settle(false);
    this.renewing = renewal;
    this.renewal = undefined;
    const token = renewal ? renewal.token : await this.options.tokens.token().catch(() => undefined);
    // Called off meanwhile.
    if (cancelOpening !== this.cancelOpening) return;
    this.cancelOpening = undefined;
    this.isStale = this.renewal !== undefined;
    const seats = [...this.services.values()].flatMap((service) =>
      [...service.rooms].map((room) => ({ service, room })),
    );
    // Rooms that have a stream go on with it meanwhile.
    seats.forEach(({ room }) => this.feeds.has(room) || room.joining('sse'));
    this.next = new StreamSet(seats, token, this.options, this);
    this.next.open();
  }

  /** Opens a stream with a new token. */
  private show(token: string): Promise<boolean> {
    return new Promise((settle) => {
      this.renewal = { token, settle };
      this.changed();
    });
  }

  private settle(isTaken: boolean): void {
    this.renewing?.settle(isTaken);
    this.renewing = undefined;
  }

  private isTaken({ service, room }: Seat): boolean {
    return this.services.get(service.name) === service && service.rooms.has(room);
  }

  private stop(): void {
    this.cancelOpening?.();
    this.cancelOpening = undefined;
    this.tokenRenewal.stop();
    this.settle(false);
    this.renewal?.settle(false);
    this.renewal = undefined;
    [this.current, this.next].forEach((set) => set?.close());
    this.current = this.next = undefined;
    this.feeds.clear();
    this.isStale = false;
    this.failures = this.silences = 0;
  }
}
