import type { Reply } from '@switchyard/contract';
import { longestWait, type BackoffOptions } from '../../backoff/backoff.js';
import { HttpTransport } from '../../transport/http.transport.js';
import type { RoomSink } from '../../transport/transport.js';
import type { HttpApi } from '../../http/http.api.js';
import { LegacyChannel, type LegacyChannelOptions } from './legacy.channel.js';

/** What the transport of an old wire needs. */
export interface LegacyTransportOptions extends Omit<LegacyChannelOptions, 'control' | 'changed'> {
  http: Pick<HttpApi, 'call'>;
}

/** A service on its old wire, which has a WebSocket for each room; calls go over HTTP where the old wire does not answer them. */
export class LegacyTransport extends HttpTransport {
  readonly wire = 'legacy';
  readonly #backoff: BackoffOptions;
  readonly #channels = new Map<RoomSink, LegacyChannel>();

  constructor(private readonly options: LegacyTransportOptions) {
    super(options.contract.name, options.http);
    this.#backoff = { ...options.backoff };
  }

  connect(): void {
    this.#review();
  }

  ease(isServed: boolean): void {
    this.#backoff.maxMs = longestWait(this.options.backoff, isServed);
  }

  join(room: RoomSink): void {
    this.#channels.get(room)?.close();
    const channel: LegacyChannel = new LegacyChannel(room, {
      ...this.options,
      backoff: this.#backoff,
      control: (message) => this.control$.next(message),
      changed: () => this.#review(),
    });
    this.rooms.add(room);
    this.#channels.set(room, channel);
    void channel.open();
    this.#review();
  }

  leave(room: RoomSink): void {
    this.#channels.get(room)?.close();
    this.#channels.delete(room);
    this.rooms.delete(room);
    this.#review();
  }

  override call(name: string, payload: object): Promise<Reply> {
    const { room } = this.options.contract;
    for (const [{ key }, channel] of this.#channels) {
      const isHere = !('key' in room) || (payload as Record<string, unknown>)[room.key] === key;
      const reply = isHere && channel.call(name, payload);
      if (reply) return reply;
    }
    return super.call(name, payload);
  }

  protected stopRooms(): void {
    this.#channels.forEach((channel) => channel.close());
    this.#channels.clear();
  }

  /** The service has the state of its worst room; without rooms it counts as connected. */
  #review(): void {
    const before = this.state$.value;
    if (before.status === 'closed') return;
    const channels = [...this.#channels.values()];
    const failures = Math.max(0, ...channels.map((channel) => channel.failures));
    const some = (status: LegacyChannel['status']) => channels.some((channel) => channel.status === status);
    const isReached = channels.length === 0 || some('joined') || before.status === 'connected';
    const status = some('lost') ? 'disconnected' : isReached ? 'connected' : 'connecting';
    if (status !== before.status || failures !== before.failures) this.state$.next({ status, failures });
  }
}
