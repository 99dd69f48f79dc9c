import { Fault, type RemoteFault, type ServiceAddress, type WireName, type ControlMessage } from '@switchyard/contract';
import type { RoomSubscription } from '../room/room.subscription.js';
import type { ServiceStatistics } from '../statistics/service.statistics.js';
import { isRedirect } from '../transport/refusal.js';
import type { Transport } from '../transport/transport.js';
import type { Reach } from './address.lookup.js';
import { AddressedTransports, type ServiceTransports } from './addressed.transports.js';
import { FallbackChain, isConnected, type FallbackChainOptions } from './fallback.chain.js';
import { WireMover } from './wire.mover.js';

/** How long a switch waits for the replies to calls in flight on the old wire, in milliseconds. */
const SWITCH_GRACE_MS = 2000;

/** How a service makes, falls back to and switches its wires. */
export interface ServiceWiresOptions extends ServiceTransports, FallbackChainOptions {
  /** How long a switch waits for a sign of life of the new wire, in milliseconds. */
  joinTimeoutMs: number;
  statistics: ServiceStatistics;
}

/** The part of a service's connection that its wires use. */
export interface WiresHost {
  rooms(): Iterable<RoomSubscription>;
  /** Reports a change of a wire. */
  changed(): void;
  announced(message: ControlMessage): void;
  /** Reports that a wire refuses the whole service, because it is served elsewhere. */
  redirected(wire: WireName, refusal: Fault | RemoteFault): void;
  /** Reports that the wire in use is closed for good. */
  ended(fault: Fault | RemoteFault | undefined): void;
  /** Reports that another transport carries calls now. */
  reopened(): void;
  /** Resolves once no call is in flight, at the latest after `ms`. */
  whenIdle(ms: number): Promise<void>;
  /** Reports that a move to another wire failed, and the service stays on its wire. */
  moveFailed(wire: WireName, fault: Fault | RemoteFault): void;
}

/** The wires of one service: its own, the fallbacks while that is lost, and the one being moved to. */
export class ServiceWires {
  readonly #transports: AddressedTransports;
  readonly #fallbacks: FallbackChain;
  /** Moves to another wire while the service's own is connected. */
  readonly mover: WireMover;
  #address?: ServiceAddress;
  #own?: Transport;
  #wasConnected = false;
  /** When the service's own wire was lost, by `performance.now()`. */
  #lostAt?: number;
  #closed = false;
  readonly #redirectedBy = new WeakMap<Transport, Fault | RemoteFault>();

  constructor(
    private readonly host: WiresHost,
    private readonly options: ServiceWiresOptions,
  ) {
    this.#transports = new AddressedTransports(options);
    this.#fallbacks = new FallbackChain(
      {
        make: (wire) => this.#address && this.#transports.make(wire, this.#address),
        use: (transport) => this.#use(transport),
        isLive: (wire) => [...host.rooms()].every((room) => room.isLive(wire)),
        reopened: () => host.reopened(),
      },
      options,
    );
    this.mover = new WireMover(
      {
        use: (transport) => this.#use(transport),
        whenIdle: () => host.whenIdle(SWITCH_GRACE_MS),
        adopt: (transport) => this.#adopt(transport),
        failed: (wire, fault) => this.#closed || host.moveFailed(wire, fault),
        finished: () => {
          host.changed();
          host.reopened();
        },
      },
      { attempts: options.attemptsBeforeFallback, silenceMs: options.joinTimeoutMs },
    );
  }

  /** The transports in use, the preferred one first. */
  get all(): Transport[] {
    return [...this.#chain, this.mover.transport].filter((transport) => transport !== undefined);
  }

  /** The transport on the service's own wire, connected or not. */
  get ownTransport(): Transport | undefined {
    return this.#own;
  }

  /** The service's last known address. */
  get destination(): ServiceAddress | undefined {
    return this.#address;
  }

  /** The preferred transport that is connected; undefined while none is. */
  get serving(): Transport | undefined {
    return this.#chain.find(isConnected);
  }

  /** The transport that serves every room; one that has just reconnected may still lack some. */
  get settled(): Transport | undefined {
    return this.#fallbacks.serving ?? (isConnected(this.#own) ? this.#own : undefined);
  }

  /** How the service is reached; a fallback counts once it is connected. */
  get reach(): Reach {
    if (this.#fallbacks.serving) return 'fallback';
    if (isConnected(this.#own)) return 'wire';
    const { failures = 0 } = this.#own?.state$.value ?? {};
    return this.#lostAt !== undefined || failures > 0 ? 'nothing' : 'starting';
  }

  /** The transport that carries calls now; none does while a move waits for the calls in flight. */
  get carrier(): Transport | undefined {
    if (this.mover.isEnding || !this.#own) return undefined;
    return isConnected(this.#own) ? this.#own : this.#fallbacks.carrier;
  }

  find(wire: WireName): Transport | undefined {
    return this.all.find((transport) => transport.wire === wire);
  }

  /** Connects the wire that the service's address names; returns false when this client can use none of the server's. */
  begin(address: ServiceAddress): boolean {
    if (this.#closed) return true;
    this.#address = address;
    this.#own = this.#transports.makeFor(address);
    if (this.#own) this.#use(this.#own);
    return this.#own !== undefined;
  }

  /**
   * Moves to `address`: make before break while the wire in use is connected, else at once; resolves with false when the
   * move failed. When this client cannot use an announced wire, it stays; the configuration sends it to the standard wire.
   */
  async follow(address: ServiceAddress, isAnnounced = false): Promise<boolean> {
    const { mover } = this;
    const own = this.#own;
    const transports = this.#transports;
    this.#address = address;
    if (this.#closed || !own) return true;
    if (mover.transport && transports.isAt(mover.transport, address)) return isMade(mover.result);
    mover.giveUp();
    const isClosed = own.state$.value.status === 'closed';
    if (!isClosed && transports.isAt(own, address)) return true;
    const transport = own.wire === address.wire ? undefined : transports.make(address.wire, address);
    // As in `begin`: this client cannot use the wire that the address names.
    if (!transport && !isClosed && (isAnnounced || transports.isStandard(own, address))) return true;
    if (!transport || !isConnected(own)) {
      this.#replace(own, transport ?? transports.makeFor(address));
      return true;
    }
    return isMade(mover.start(transport));
  }

  /** Moves to a wire, as `ServiceConnection.switchTo` says. */
  async switchTo(wire: WireName): Promise<void> {
    if (this.mover.transport?.wire === wire) return this.mover.result;
    this.mover.giveUp();
    if (this.#closed || !this.#address || this.#own?.wire === wire) return;
    const transport = this.#transports.make(wire, this.#address);
    if (!transport) throw new Fault('wire.lost', { wire });
    return this.mover.start(transport);
  }

  /** Acts on a change of a wire or a room: a wire closed, came back or was lost, or a move is complete. */
  review(): void {
    if (this.#closed) return;
    this.#fallbacks.all.forEach((transport) => this.#isRedirected(transport));
    if (this.#own && !this.#isRedirected(this.#own)) this.#reviewOwn(this.#own);
    this.#rejoinOvertaken(this.mover.transport ?? this.serving);
    this.mover.review(this.host.rooms());
  }

  close(reason: Fault | RemoteFault): void {
    this.#closed = true;
    if (this.mover.transport) this.mover.abandon(this.mover.transport.wire, reason);
    this.all.forEach((transport) => transport.close());
  }

  get #chain(): Transport[] {
    return this.#own ? [this.#own, ...this.#fallbacks.all] : [];
  }

  #use(transport: Transport): void {
    transport.state$.subscribe(() => this.host.changed());
    transport.control$.subscribe((message) => this.host.announced(message));
    transport.connect();
    for (const room of this.host.rooms()) transport.join(room);
    this.host.changed();
  }

  /** Closes the old wire before it connects the new one, because the old one does not serve or both have one name. */
  #replace(old: Transport, transport: Transport | undefined): void {
    if (!transport) return;
    this.#own = transport;
    old.close();
    this.#use(transport);
    this.host.reopened();
  }

  /** Whether a transport is refused because the service is elsewhere; reports each refusal to the host once. */
  #isRedirected(transport: Transport): boolean {
    const { fault } = transport.state$.value;
    if (!fault || !isRedirect(fault)) return false;
    if (fault !== this.#redirectedBy.get(transport)) {
      this.#redirectedBy.set(transport, fault);
      this.host.redirected(transport.wire, fault);
    }
    return true;
  }

  #reviewOwn(own: Transport): void {
    const closed = this.#chain.find(({ state$ }) => state$.value.status === 'closed');
    if (closed) {
      this.host.ended(own.state$.value.fault ?? closed.state$.value.fault);
      return;
    }
    if (isConnected(own)) this.#reconnected(own);
    else if (this.#wasConnected) this.#lostAt ??= performance.now();
    this.#fallbacks.review(own);
  }

  #reconnected({ wire }: Transport): void {
    const lostAt = this.#lostAt;
    this.#wasConnected = true;
    this.#lostAt = undefined;
    if (lostAt === undefined) return;
    this.options.statistics.count(wire, 'reconnects');
    this.options.statistics.count(wire, 'outage_ms', Math.round(performance.now() - lostAt));
    this.host.reopened();
  }

  #adopt(transport: Transport): void {
    const old = this.#own;
    this.#own = transport;
    this.options.statistics.count(transport.wire, 'moves');
    old?.close();
  }

  /** Rejoins rooms where another wire brought a newer snapshot, so that the remaining wire continues from there. */
  #rejoinOvertaken(remaining: Transport | undefined): void {
    if (this.#closed || !remaining || !isConnected(remaining)) return;
    for (const room of this.host.rooms()) {
      if (!room.isOvertaken(remaining.wire)) continue;
      room.joining(remaining.wire);
      remaining.join(room);
    }
  }
}

function isMade(move: Promise<void>): Promise<boolean> {
  return move.then(
    () => true,
    () => false,
  );
}
