import type { ControlPayloads, Fault, RemoteFault, ServiceAddress, WireName } from '@switchyard/contract';
import type { BackoffOptions } from '../backoff/backoff.js';
import { redirectOf } from '../transport/refusal.js';
import { AddressLookup, type AddressLookupOptions, type Reach } from './address.lookup.js';
import type { ServiceWires } from './service.wires.js';

/** How many redirects are followed before newer advice: two servers that name each other would get requests without end. */
const MAX_REDIRECTS = 2;

/** An announcement of the wire that a service's clients should use. */
export type Announcement = ControlPayloads['transport_switch'];

/** What a service needs to follow the server's advice. */
export interface WireAdviceOptions {
  service: string;
  backoff: BackoffOptions;
  latest?: AddressLookupOptions['latest'];
  wires: Pick<ServiceWires, 'destination' | 'follow' | 'mover' | 'ownTransport'>;
  /** Reports advice to use another wire than before. */
  announced(announcement: Announcement): void;
}

/** Follows the server's advice about a service's wire, the newest first: announcements, refusals and the configuration. */
export class WireAdvice {
  readonly #lookup: AddressLookup;
  /** A wire that refused the service and the wire it named instead; the first is not used again before newer advice. */
  #redirect?: { from: WireName; to: WireName };
  /** The last wire that the server advised. */
  #advisedWire?: WireName;

  /** How many redirects were followed since the last advice or connection. */
  #redirects = 0;

  constructor(private readonly options: WireAdviceOptions) {
    const { backoff, latest } = options;
    const follow = (address: ServiceAddress, isAnnounced: boolean) => {
      if (!isAnnounced) this.#redirects = 0;
      return this.#follow(address, 'config', isAnnounced);
    };
    this.#lookup = new AddressLookup({ backoff, latest, follow });
  }

  /** Notes how the service is reached now. */
  review(reach: Reach): void {
    if (reach === 'nothing') this.#redirect = undefined;
    if (reach === 'wire') this.#redirects = 0;
    this.#lookup.review(reach);
  }

  /** Asks the server for the service's current address, and moves there. */
  lookUp(): void {
    this.#lookup.lookUp(true);
  }

  /** Moves to an announced wire within the given time, and cancels a move to another one. */
  announce(announcement: Announcement): void {
    const { service, wires } = this.options;
    const { destination, mover, ownTransport } = wires;
    // Services may share a connection, which then carries the announcements of all.
    if (service !== announcement?.service || !destination) return;
    const { to, within_ms } = announcement;
    const isMoving = to === mover.transport?.wire;
    if (!isMoving) mover.giveUp();
    // On a wire with a socket for each room, every socket carries a copy.
    if (to !== this.#advisedWire) this.options.announced(announcement);
    this.#advisedWire = to;
    this.#redirect = undefined;
    this.#redirects = 0;
    this.#lookup.announce({ ...destination, wire: to }, isMoving || to === ownTransport?.wire ? 0 : within_ms);
  }

  /** Moves to the wire that a refusal names, and asks the server for more changes; false when the service stays. */
  async followRedirect(from: WireName, refusal: Fault | RemoteFault): Promise<boolean> {
    this.lookUp();
    const to = redirectOf(refusal);
    const { wires } = this.options;
    const address = wires.destination;
    if (!to || to === from || !address || this.#redirects >= MAX_REDIRECTS) return false;
    this.#redirects += 1;
    this.#redirect = { from, to };
    const { namespace } = refusal.details ?? {};
    const moved = { ...address, wire: to, ...(typeof namespace === 'string' && { namespace }) };
    const isDone = await this.#follow(moved, refusal.code, false);
    // A client that cannot use the wire stays where it is.
    return isDone && wires.ownTransport?.wire !== from;
  }

  close(): void {
    this.#lookup.close();
  }

  #follow(address: ServiceAddress, reason: string, isAnnounced: boolean): Promise<boolean> {
    const { service, wires } = this.options;
    const wire = address.wire === this.#redirect?.from ? this.#redirect.to : address.wire;
    const { destination, ownTransport } = wires;
    if (wire !== destination?.wire && wire !== ownTransport?.wire && wire !== this.#advisedWire)
      this.options.announced({ service, to: wire, reason, within_ms: 0 });
    this.#advisedWire = wire;
    return wires.follow({ ...address, wire }, isAnnounced);
  }
}
