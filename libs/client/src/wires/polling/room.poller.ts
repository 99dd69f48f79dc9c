import { RemoteFault, type WireName } from '@switchyard/contract';
import type { ServerClock } from '../../clock/server.clock.js';
import type { HttpApi, PolledRoom } from '../../http/http.api.js';
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

/** How many rooms the server answers in one request. */
const MAX_ROOMS = 200;

/** Polls all rooms of the polled services of a page, with one request at a time. */
export class RoomPoller {
  private readonly services = new Set<PolledService>();
  private readonly timers = new TimerSet();
  private isPolling = false;
  private isPollPending = false;
  private cancelNext?: () => void;

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

  /** Polls now, or right after the poll in flight. */
  pollNow(): void {
    this.isPollPending = true;
    if (!this.isPolling) this.schedule(0);
  }

  close(): void {
    this.services.clear();
    this.timers.close();
  }

  private async poll(): Promise<void> {
    const services = [...this.services];
    const asked = services.flatMap((service) => [...service.rooms].map((room) => ({ service, room })));
    const withoutRooms = services.filter(({ rooms }) => rooms.size === 0);
    this.isPolling = true;
    this.isPollPending = false;
    // A poll without rooms shows a service whether the server answers.
    if (asked.length === 0) await this.ask([], withoutRooms);
    for (let start = 0; start < asked.length; start += MAX_ROOMS)
      await this.ask(asked.slice(start, start + MAX_ROOMS), start === 0 ? withoutRooms : []);
    this.isPolling = false;
    // Services fall back together and rooms join together, so a timer of 0 ms gathers them in one request.
    if (this.services.size > 0)
      this.schedule(this.isPollPending ? 0 : Math.max(this.intervalMs, this.tokens.retryDelay()));
  }

  private async ask(
    asked: readonly RequestedRoom<PolledService>[],
    withoutRooms: readonly PolledService[],
  ): Promise<void> {
    // While the request is in flight, a room may be left and a service may return to its own wire.
    const isWanted = ({ service, room }: RequestedRoom<PolledService>) =>
      this.services.has(service) && service.rooms.has(room);
    const services = new Set([...withoutRooms, ...asked.map(({ service }) => service)]);
    const sentAt = performance.now();
    asked.forEach(({ room }) => room.joining('polling'));
    try {
      const { rooms, wires } = await this.http.poll(asked.map(roomRequest));
      // Before the rooms, because a subscriber may read the service's wire when a room's message arrives.
      services.forEach((service) => this.services.has(service) && service.answered(wires?.[service.name]));
      asked.forEach((one, place) => isWanted(one) && this.take(one.room, rooms[place], sentAt));
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

  private schedule(ms: number): void {
    this.cancelNext?.();
    this.cancelNext = this.timers.after(ms, () => void this.poll());
  }
}
