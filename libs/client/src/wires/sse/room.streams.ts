import type { JoinReply, RemoteFault, ControlMessage } from '@switchyard/contract';
import type { BackoffOptions } from '../../backoff/backoff.js';
import type { ServerClock } from '../../clock/server.clock.js';
import type { TokenKeeper } from '../../identity/token.keeper.js';
import { TokenRenewal } from '../../identity/token.renewal.js';
import { TimerSet } from '../../timer/timer.set.js';
import { endsConnection, retryAfterMs } from '../../transport/refusal.js';
import type { RoomSink, WireEvent } from '../../transport/transport.js';
import type { HttpTransport } from '../../transport/http.transport.js';
import { streamDelay } from './stream.delay.js';
import { StreamSet, type StreamedRoom, type StreamSetListener, type StreamSetOptions } from './stream.set.js';

/** What the streams of a page need. */
export interface RoomStreamsOptions extends StreamSetOptions {
  backoff: BackoffOptions;
  clock: ServerClock;
  tokens: TokenKeeper;
}

/** A new token; `settle` receives whether the server accepted it. */
interface Renewal {
  token: string;
  settle(isAccepted: boolean): void;
}

/** How many attempts to replace a stream may fail before it is closed. */
const MAX_ATTEMPTS = 3;

/**
 * Streams the rooms of all services of a page that fall back to it. When rooms come or go, and for a new token, it opens
 * another stream from the rooms' positions, which replaces the first one once it has an answer for every room.
 */
export class RoomStreams implements StreamSetListener {
  readonly #services = new Map<string, HttpTransport>();
  /** The stream that each room gets its events from. */
  readonly #feeds = new Map<RoomSink, StreamSet>();
  #current?: StreamSet;
  #next?: StreamSet;
  /** Cancels the next stream; undefined once its request is sent. */
  #cancelOpening?: () => void;
  /** Whether the rooms or the token changed since the request for the next stream. */
  #isStale = false;
  /** The number of failed attempts since a stream was complete, and the refusal of the last one. */
  #failures = 0;
  #refusal?: RemoteFault;
  /** The number of open streams that fell silent, because a proxy holds events back. */
  #silences = 0;
  /** The renewal that waits for a stream, and the one that the next stream makes. */
  #renewal?: Renewal;
  #renewing?: Renewal;
  readonly #timers = new TimerSet();
  readonly #tokenRenewal: TokenRenewal;

  constructor(private readonly options: RoomStreamsOptions) {
    const connection = {
      token: () => (this.#next ?? this.#current)?.token,
      reauthenticate: (token: string) => this.#renew(token),
    };
    this.#tokenRenewal = new TokenRenewal(connection, options.tokens, this.#timers);
  }

  add(service: HttpTransport): void {
    this.#services.set(service.name, service);
    if (this.#failures > 0 && !this.#current) service.lost(this.#failures, this.#refusal);
    this.refresh();
  }

  remove(service: HttpTransport): void {
    if (this.#services.get(service.name) !== service) return;
    this.#services.delete(service.name);
    service.rooms.forEach((room) => this.#feeds.delete(room));
    if (this.#services.size > 0) this.refresh();
    else this.#stop();
  }

  /** Opens another stream for all rooms, because they changed or one must join again. */
  refresh(): void {
    if (this.#next) this.#isStale = true;
    else if (!this.#cancelOpening) this.#openAfter(0);
  }

  left(room: RoomSink): void {
    this.#feeds.delete(room);
    this.refresh();
  }

  close(): void {
    this.#stop();
    this.#timers.close();
  }

  opened(set: StreamSet, serverTime: string): void {
    const { clock, tokens } = this.options;
    clock.observe(serverTime, set.sentAt);
    tokens.accepted();
  }

  joined(set: StreamSet, streamed: StreamedRoom, reply: JoinReply): void {
    if (!this.#isWanted(streamed)) return;
    this.#feeds.set(streamed.room, set);
    streamed.room.joined('sse', reply);
  }

  refused(streamed: StreamedRoom, fault: RemoteFault): void {
    if (!this.#isWanted(streamed)) return;
    this.#feeds.delete(streamed.room);
    streamed.room.refused('sse', fault);
  }

  completed(set: StreamSet): void {
    if (set !== this.#next) return;
    this.#current?.close();
    this.#current = set;
    this.#next = undefined;
    this.#failures = 0;
    this.#settle(true);
    // Only now, because calls go over HTTP from now on, and the rooms must be joined before the events of these calls.
    this.#services.forEach((service) => service.connected());
    if (this.#isStale) this.#openAfter(0);
  }

  event(set: StreamSet, room: RoomSink, event: WireEvent): void {
    if (this.#feeds.get(room) === set) room.event('sse', event);
  }

  control(set: StreamSet, message: ControlMessage, service: string | undefined): void {
    if (message.event === 'auth_expiring') this.#tokenRenewal.begin(message.payload.expires_in_ms);
    // While one stream replaces another, both carry the same control events.
    if (set !== (this.#current ?? this.#next)) return;
    this.#services.forEach((one) => (service === undefined || service === one.name) && one.control$.next(message));
  }

  ended(set: StreamSet, fault: RemoteFault | undefined, wasSilent: boolean): void {
    const { tokens } = this.options;
    const isNext = set === this.#next;
    if (fault?.code.startsWith('auth.')) tokens.refused(set.token, fault);
    // A page without a token may have a cookie, and the next request sends its new value.
    if (fault && endsConnection(fault, tokens.renewable || (!isNext && !tokens.isFixed))) {
      [...this.#services.values()].forEach((service) => service.ended(fault));
    } else if (isNext) this.#failed(fault);
    else this.#lost(wasSilent);
  }

  #failed(fault: RemoteFault | undefined): void {
    this.#next = undefined;
    this.#settle(false);
    this.#refusal = fault;
    // With an expired token a poll would be refused too, so this is no reason to fall back to polling.
    if (fault?.code !== 'auth.expired') this.#failures += 1;
    if (this.#current && this.#failures < MAX_ATTEMPTS) this.#loseRooms((feed) => feed !== this.#current);
    else this.#giveUp();
    this.#retry();
  }

  #lost(wasSilent: boolean): void {
    this.#current = undefined;
    this.#tokenRenewal.stop();
    // The next stream is about to serve the rooms.
    if (this.#next) return;
    if (wasSilent) {
      this.#silences += 1;
      this.#failures += 1;
    }
    this.#refusal = undefined;
    this.#giveUp();
    this.#retry();
  }

  #giveUp(): void {
    this.#current?.close();
    this.#current = undefined;
    this.#loseRooms(() => true);
    this.#services.forEach((service) => service.lost(this.#failures, this.#refusal));
  }

  /** Reports to rooms that they get no more events. */
  #loseRooms(isLost: (feed: StreamSet) => boolean): void {
    for (const [room, feed] of [...this.#feeds]) {
      if (!isLost(feed)) continue;
      this.#feeds.delete(room);
      room.lost('sse');
    }
  }

  #retry(): void {
    const failures = this.#failures;
    const silences = this.#silences;
    const refusal = this.#refusal;
    const { backoff, tokens } = this.options;
    const asked = Math.max(tokens.retryDelay(), refusal ? retryAfterMs(refusal) : 0);
    this.#openAfter(Math.max(streamDelay(backoff, failures, silences), asked));
  }

  #openAfter(ms: number): void {
    this.#cancelOpening?.();
    this.#cancelOpening = this.#timers.after(ms, () => void this.#open());
  }

  async #open(): Promise<void> {
    const cancelOpening = this.#cancelOpening;
    const renewal = this.#renewal;
    this.#settle(false);
    this.#renewing = renewal;
    this.#renewal = undefined;
    const token = renewal ? renewal.token : await this.options.tokens.token().catch(() => undefined);
    // The opening was cancelled meanwhile.
    if (cancelOpening !== this.#cancelOpening) return;
    this.#cancelOpening = undefined;
    this.#isStale = this.#renewal !== undefined;
    const rooms = [...this.#services.values()].flatMap((service) =>
      [...service.rooms].map((room) => ({ service, room })),
    );
    // Rooms that have a stream stay live on it meanwhile.
    rooms.forEach(({ room }) => this.#feeds.has(room) || room.joining('sse'));
    this.#next = new StreamSet(rooms, token, this.options, this);
    this.#next.open();
  }

  /** Opens a stream with a new token. */
  #renew(token: string): Promise<boolean> {
    return new Promise((settle) => {
      this.#renewal = { token, settle };
      this.refresh();
    });
  }

  #settle(isAccepted: boolean): void {
    this.#renewing?.settle(isAccepted);
    this.#renewing = undefined;
  }

  /** Whether the page still wants the room on this wire. */
  #isWanted({ service, room }: StreamedRoom): boolean {
    return this.#services.get(service.name) === service && service.rooms.has(room);
  }

  #stop(): void {
    this.#cancelOpening?.();
    this.#cancelOpening = undefined;
    this.#tokenRenewal.stop();
    this.#settle(false);
    this.#renewal?.settle(false);
    this.#renewal = undefined;
    [this.#current, this.#next].forEach((set) => set?.close());
    this.#current = this.#next = undefined;
    this.#feeds.clear();
    this.#isStale = false;
    this.#failures = this.#silences = 0;
  }
}
