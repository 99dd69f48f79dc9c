import { RemoteFault, type WireName } from '@switchyard/contract';
import type { ServerClock } from '../../clock/server.clock.js';
import type { HttpApi, PolledRoom } from '../../http/http.api.js';
import type { TokenKeeper } from '../../identity/token.keeper.js';
import { TimerSet } from '../../timer/timer.set.js';
import { roomRequest } from '../../transport/room.request.js';
import type { RoomSink } from '../../transport/transport.js';

/** A service that is being polled. */
export interface PolledService {
  readonly name: string;
  readonly rooms: ReadonlySet<RoomSink>;
  /** A poll was answered, and the service's clients are told to use `wire`. */
  answered(wire: WireName | undefined): void;
  /** A poll was not answered, or refused as a whole. */
  failed(refusal?: RemoteFault): void;
}

interface PolledSeat {
  service: PolledService;
  room: RoomSink;
}

/** How many rooms the server answers in one request. */
const MAX_ROOMS = 200;

/** Polls the rooms of all services of a page that need it, in one request every so often. */
export class RoomPoller {
  private readonly services = new Set<PolledService>();
  private readonly timers = new TimerSet();
  private polling = false;
  private wanted = false;
  private cancelWait?: () => void;

  constructor(
    private readonly http: Pick<HttpApi, 'poll'>,
    private readonly clock: ServerClock,
    private readonly intervalMs: number,
    private readonly tokens: Pick<TokenKeeper, 'retryDelay'>,
  ) {}

  add(service: PolledService): void {
    this.services.add(service);
    this.pollNow();
  }

  remove(service: PolledService): void {
    this.services.delete(service);
  }

  /** Polls at once, or right after the poll that is under way. */
  pollNow(): void {
    this.wanted = true;
    if (!this.polling) this.wait(0);
  }

  close(): void {
    this.services.clear();
    this.timers.close();
  }

  private async poll(): Promise<void> {
    const services = [...this.services];
    const asked = services.flatMap((service) => [...service.rooms].map((room) => ({ service, room })));
    const withoutRooms = services.filter(({ rooms }) => rooms.size === 0);
    this.polling = true;
    this.wanted = false;
    // Without a room to ask for, a service still wants to know whether the server answers.
    if (asked.length === 0) await this.ask([], withoutRooms);
    for (let start = 0; start < asked.length; start += MAX_ROOMS)
      await this.ask(asked.slice(start, start + MAX_ROOMS), start === 0 ? withoutRooms : []);
    this.polling = false;
    // Services fall back together, and rooms join together: no delay still makes one request of all of them.
    if (this.services.size > 0) this.wait(this.wanted ? 0 : Math.max(this.intervalMs, this.tokens.retryDelay()));
  }

  private async ask(seats: readonly PolledSeat[], withoutRooms: readonly PolledService[]): Promise<void> {
    // A room may be left, and a service be back on its wire, while the request is out.
    const stays = ({ service, room }: PolledSeat) => this.services.has(service) && service.rooms.has(room);
    const services = new Set([...withoutRooms, ...seats.map(({ service }) => service)]);
    const sentAt = performance.now();
    seats.forEach(({ room }) => room.joining('polling'));
    try {
      const { rooms, wires } = await this.http.poll(seats.map(roomRequest));
      // First, as whoever is told by a room may ask what it was told by.
      services.forEach((service) => this.services.has(service) && service.answered(wires?.[service.name]));
      seats.forEach((seat, place) => stays(seat) && this.take(seat.room, rooms[place], sentAt));
    } catch (thrown) {
      const refusal = thrown instanceof RemoteFault ? thrown : undefined;
      services.forEach((service) => this.services.has(service) && service.failed(refusal));
    }
  }

  private take(room: RoomSink, answer: PolledRoom | undefined, sentAt: number): void {
    if (!answer) return;
    if ('error' in answer) {
      room.refused('polling', new RemoteFault(answer.error));
      return;
    }
    this.clock.observe(answer.server_time, sentAt);
    room.joined('polling', answer);
  }

  private wait(ms: number): void {
    this.cancelWait?.();
    this.cancelWait = this.timers.after(ms, () => void this.poll());
  }
}
