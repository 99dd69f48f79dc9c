import { Fault, RemoteFault, type ErrorBody, type JoinReply, type WireName } from '@switchyard/contract';
import type { ServerClock } from '../../clock/server.clock.js';
import type { HttpApi } from '../../http/http.api.js';
import type { TokenKeeper } from '../../identity/token.keeper.js';
import { TimerSet } from '../../timer/timer.set.js';
import { roomRequest, type RequestedRoom } from '../../transport/room.request.js';
import type { RoomSink } from '../../transport/transport.js';

/** A service that is being polled. */
export interface PolledService {
  readonly name: string;
  readonly rooms: ReadonlySet<RoomSink>;
  /** A poll was answered, and the server names the wire to use. */
  answered(wire: WireName | undefined): void;
  /** A poll was not answered, or the server refused all of it. */
  failed(refusal?: RemoteFault): void;
}

/** The answer for one polled room: the reply to a join, or an error. */
type PolledRoom = JoinReply | { error: ErrorBody };

/** The answer to `POST /realtime/rooms`, in the order asked. */
interface PollReply {
  rooms: PolledRoom[];
  wires?: Record<string, WireName>;
}

/** How many rooms the server answers in one request. */
const MAX_ROOMS = 200;

/** Polls all rooms of the polled services of a page, with one request at a time. */
export class RoomPoller {
  readonly #services = new Set<PolledService>();
  readonly #timers = new TimerSet();
  #isPolling = false;
  #isPollPending = false;
  #cancelNext?: () => void;

  constructor(
    private readonly http: Pick<HttpApi, 'ask'>,
    private readonly clock: ServerClock,
    private readonly intervalMs: number,
    private readonly tokens: Pick<TokenKeeper, 'accepted' | 'retryDelay'>,
  ) {}

  add(service: PolledService): void {
    this.#services.add(service);
    this.pollNow();
  }

  remove(service: PolledService): void {
    this.#services.delete(service);
  }

  /** Polls now, or right after the poll in flight. */
  pollNow(): void {
    this.#isPollPending = true;
    if (!this.#isPolling) this.#schedule(0);
  }

  close(): void {
    this.#services.clear();
    this.#timers.close();
  }

  async #poll(): Promise<void> {
    const services = [...this.#services];
    const asked = services.flatMap((service) => [...service.rooms].map((room) => ({ service, room })));
    const withoutRooms = services.filter(({ rooms }) => rooms.size === 0);
    this.#isPolling = true;
    this.#isPollPending = false;
    // A poll without rooms shows a service whether the server answers.
    if (asked.length === 0) await this.#ask([], withoutRooms);
    for (let start = 0; start < asked.length; start += MAX_ROOMS)
      await this.#ask(asked.slice(start, start + MAX_ROOMS), start === 0 ? withoutRooms : []);
    this.#isPolling = false;
    // Services fall back together and rooms join together, so a timer of 0 ms gathers them in one request.
    if (this.#services.size > 0)
      this.#schedule(this.#isPollPending ? 0 : Math.max(this.intervalMs, this.tokens.retryDelay()));
  }

  async #ask(asked: readonly RequestedRoom<PolledService>[], withoutRooms: readonly PolledService[]): Promise<void> {
    // While the request is in flight, a room may be left and a service may return to its own wire.
    const isWanted = ({ service, room }: RequestedRoom<PolledService>) =>
      this.#services.has(service) && service.rooms.has(room);
    const services = new Set([...withoutRooms, ...asked.map(({ service }) => service)]);
    const sentAt = performance.now();
    asked.forEach(({ room }) => room.joining('polling'));
    try {
      const { rooms, wires } = await this.#request(asked);
      // Before the rooms, because a subscriber may read the service's wire when a room's message arrives.
      services.forEach((service) => this.#services.has(service) && service.answered(wires?.[service.name]));
      asked.forEach((one, place) => isWanted(one) && this.#take(one.room, rooms[place], sentAt));
    } catch (thrown) {
      const refusal = thrown instanceof RemoteFault ? thrown : undefined;
      services.forEach((service) => this.#services.has(service) && service.failed(refusal));
    }
  }

  async #request(asked: readonly RequestedRoom[]): Promise<PollReply> {
    const { status, body } = await this.http.ask('/realtime/rooms', { rooms: asked.map(roomRequest) });
    const reply = body as Partial<PollReply> | null | undefined;
    if (status >= 300 || !Array.isArray(reply?.rooms)) throw new Fault('wire.lost', { status });
    this.tokens.accepted();
    return reply as PollReply;
  }

  #take(room: RoomSink, answer: PolledRoom | undefined, sentAt: number): void {
    if (!answer) return;
    if ('error' in answer) {
      room.refused('polling', new RemoteFault(answer.error));
      return;
    }
    this.clock.observe(answer.server_time, sentAt);
    room.joined('polling', answer);
  }

  #schedule(ms: number): void {
    this.#cancelNext?.();
    this.#cancelNext = this.#timers.after(ms, () => void this.#poll());
  }
}
