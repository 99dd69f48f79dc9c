import type { RemoteFault, WireName } from '@switchyard/contract';
import type { HttpApi } from '../../http/http.api.js';
import type { TokenKeeper } from '../../identity/token.keeper.js';
import { HttpTransport } from '../../transport/http.transport.js';
import { isFinalRefusal } from '../../transport/refusal.js';
import type { RoomSink } from '../../transport/transport.js';
import type { PolledService, RoomPoller } from './room.poller.js';

/** A service polled over HTTP: each poll is a join from the room's position. */
export class PollingTransport extends HttpTransport implements PolledService {
  readonly wire = 'polling';
  readonly polls = true;
  #announcedWire?: WireName;

  constructor(
    name: string,
    private readonly poller: RoomPoller,
    http: Pick<HttpApi, 'call'>,
    private readonly tokens: Pick<TokenKeeper, 'renewable'>,
  ) {
    super(name, http);
  }

  connect(): void {
    this.poller.add(this);
  }

  join(room: RoomSink): void {
    this.rooms.add(room);
    this.poller.pollNow();
  }

  leave(room: RoomSink): void {
    this.rooms.delete(room);
  }

  /** Announces the wire that an answer names when it changes, because polls carry no control events. */
  answered(wire: WireName | undefined): void {
    this.connected();
    if (wire === undefined || wire === this.#announcedWire) return;
    this.#announcedWire = wire;
    this.control$.next({
      event: 'transport_switch',
      payload: { service: this.name, to: wire, reason: 'poll', within_ms: 0 },
    });
  }

  failed(refusal?: RemoteFault): void {
    if (refusal?.code.startsWith('auth.') && isFinalRefusal(refusal, this.tokens.renewable)) this.ended(refusal);
    else this.lost(this.state$.value.failures + 1, refusal);
  }

  protected stopRooms(): void {
    this.poller.remove(this);
  }
}
