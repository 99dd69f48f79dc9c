import type { RemoteFault, ServiceAddress, WireName } from '@switchyard/contract';
import type { RoomSubscription, RoomTap } from '../room/room.subscription.js';
import type { ServiceStatistics } from '../statistics/service.statistics.js';
import { retryAfterMs } from '../transport/refusal.js';
import type { TransportFactory } from '../transport/transport.factory.js';
import type { Transport } from '../transport/transport.js';
import type { WireService } from '../transport/wire.js';
import { Comparison, type ComparedRoom } from './comparison.js';
import { Findings } from './findings.js';
import { RepeatedCalls } from './repeated.calls.js';
import { ShadowSink } from './shadow.sink.js';

/** The part of a service's connection that its shadow uses. */
export interface ShadowHost {
  /** The service, for a wire that is only compared. */
  service: WireService;
  statistics: ServiceStatistics;
  /** The wire in use, the one being moved to, and where the service is. */
  wires: { ownTransport?: Transport; mover: { transport?: Transport }; destination?: ServiceAddress };
  /** Makes the service's transport for the other wire; undefined when this client cannot use it. */
  transport: TransportFactory;
  /** The open rooms. */
  rooms: ReadonlyMap<string, RoomSubscription>;
}

/** What a shadow needs from its service. */
interface ServiceShadowOptions extends Pick<ShadowHost, 'rooms' | 'service' | 'statistics'> {
  /** The wire in use. */
  own: WireName;
  /** The service on the wire that is compared with it, not connected yet. */
  transport: Transport;
  /** Reports that the shadow has ended by itself. */
  ended(): void;
}

/** Starts to compare the wire in use with another one; undefined when this client cannot. */
export function startShadow(wire: WireName, host: ShadowHost, ended: () => void): ServiceShadow | undefined {
  const { ownTransport, mover, destination } = host.wires;
  const isMoving = mover.transport !== undefined || ownTransport?.state$.value.status === 'closed';
  if (!ownTransport || !destination || isMoving || ownTransport.wire === wire) return undefined;
  const transport = host.transport(wire, host.service.contract, destination);
  return transport && new ServiceShadow({ ...host, own: ownTransport.wire, transport, ended });
}

interface Shadowed {
  compared: ComparedRoom;
  sink: ShadowSink;
}

/** After so many failed attempts the shadow ends, so that it burdens no server that cannot be reached. */
const MAX_FAILURES = 5;

/** The least wait before a refused join is sent again, in ms. */
const MIN_REJOIN_MS = 1000;

/**
 * Joins a service's open rooms on a second wire, and compares what comes there with what the wire in use brings. Nothing
 * of it is rendered, and whatever goes wrong on the second wire only ends the comparison.
 */
export class ServiceShadow {
  readonly #comparison: Comparison;
  readonly #calls: RepeatedCalls;
  readonly #rooms = new Map<RoomSubscription, Shadowed>();
  #isOver = false;

  constructor(private readonly options: ServiceShadowOptions) {
    const { service, statistics, own, transport } = options;
    const { contract } = service;
    const wires = { old: own, new: transport.wire };
    const make = (changed: () => void) => new Findings(contract.name, wires, changed);
    const findings = findingsOf(statistics, `${own} ${transport.wire}`, make);
    this.#comparison = new Comparison({ contract, codecs: service, findings });
    this.#calls = new RepeatedCalls({ contract, transport, findings, forms: this.#comparison.forms });
    transport.connect();
    for (const room of options.rooms.values()) this.opened(room);
    transport.state$.subscribe(({ status, failures, fault }) => {
      // A refusal of the whole service says that it is not to be had here.
      if (status === 'closed' || fault || failures >= MAX_FAILURES) this.#giveUp();
    });
  }

  /** Compares a room from now on. */
  opened(room: RoomSubscription): void {
    if (this.#isOver) return;
    const { own, transport } = this.options;
    // A room that the page has left may still be compared; both would be one room for the wire.
    for (const other of this.#rooms.keys()) if (other.id === room.id) this.#leave(other);
    const compared = this.#comparison.open(room.name);
    const lane = compared.lane('old');
    const position = room.position();
    if (room.isLive(own)) lane.joined({ recovered: false, ...position });
    const ofOwn = (take: () => void, wire: WireName) => wire === own && take();
    const tap: RoomTap = {
      joined: (wire, reply) => ofOwn(() => lane.joined(reply), wire),
      event: (wire, event) => ofOwn(() => lane.event(event), wire),
      lost: (wire) => ofOwn(() => lane.lost(), wire),
    };
    room.tap = tap;
    const sink = new ShadowSink(room, compared.lane('new'), {
      rejoin: (again) => transport.join(again),
      refused: (_again, fault) => this.#refused(room, fault),
    });
    this.#rooms.set(room, { compared, sink });
    transport.join(sink);
  }

  /** Compares what has come in a room that the page has left, and leaves it too. */
  closed(room: RoomSubscription): void {
    const shadowed = this.#rooms.get(room);
    room.tap = undefined;
    if (!shadowed) return;
    const { compared } = shadowed;
    compared.end('old');
    this.#comparison.whenReviewed(() => {
      if (compared.comparator.isDecided) this.#leave(room);
      return !this.#rooms.has(room);
    });
  }

  /** Takes a call that the wire in use has answered; some are made again on the other wire. */
  answered(call: string, payload: object, data: unknown): void {
    if (!this.#isOver) this.#calls.answered(call, payload, data);
  }

  /** Ends the comparison at once. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#rooms.forEach((_shadowed, room) => (room.tap = undefined));
    this.#rooms.clear();
    this.#comparison.close();
    this.options.transport.close();
  }

  #refused(room: RoomSubscription, fault: RemoteFault): void {
    // A limit passes; what refuses the whole service or this client does not.
    if (fault.code === 'rate.limited') {
      const delayMs = Math.max(retryAfterMs(fault), MIN_REJOIN_MS);
      const again = () => {
        const shadowed = this.#rooms.get(room);
        if (shadowed) this.options.transport.join(shadowed.sink);
      };
      this.#comparison.timers.after(delayMs, again);
    } else if (fault.code.startsWith('room.') || fault.code === this.options.service.contract.notFound)
      this.#leave(room);
    else this.#giveUp();
  }

  #leave(room: RoomSubscription): void {
    const shadowed = this.#rooms.get(room);
    if (!shadowed) return;
    this.#rooms.delete(room);
    room.tap = undefined;
    this.options.transport.leave(shadowed.sink);
    this.#comparison.forget(shadowed.compared);
  }

  #giveUp(): void {
    if (this.#isOver) return;
    this.end();
    this.options.ended();
  }
}

/** Gives the page's findings about a pair of the service's wires; `make` makes the first. */
function findingsOf(
  { page, service }: ServiceStatistics,
  wires: string,
  make: (changed: () => void) => Findings,
): Findings {
  const name = `${service} ${wires}`;
  const findings = (page.comparisons.get(name) as Findings | undefined) ?? make(() => page.onNews());
  page.comparisons.set(name, findings);
  return findings;
}
