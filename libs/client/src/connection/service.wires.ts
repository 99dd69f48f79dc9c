import { Fault, type RemoteFault, type ServiceAddress, type WireName } from '@switchyard/contract';
import type { RoomSubscription } from '../room/room.subscription.js';
import type { Statistics } from '../statistics/connection.statistics.js';
import { isRedirect } from '../transport/refusal.js';
import type { ControlMessage, Transport } from '../transport/transport.js';
import type { Reach } from './address.lookup.js';
import { AddressedTransports, type ServiceTransports } from './addressed.transports.js';
import { FallbackChain, isConnected, type FallbackChainOptions } from './fallback.chain.js';
import { WireMover } from './wire.mover.js';
import { WireOutage } from './wire.outage.js';

/** How the wires of a service are used. */
export interface ServiceWiresOptions extends ServiceTransports, FallbackChainOptions {
  /** How long calls in flight may still be answered on a wire that is left, in milliseconds. */
  switchGraceMs: number;
  statistics: Statistics;
}

/** What the wires serve. */
export interface WiresHost {
  rooms(): Iterable<RoomSubscription>;
  /** A wire came, went, or got further. */
  changed(): void;
  announced(message: ControlMessage): void;
  /** The wire refuses the service as a whole and says that it is elsewhere. */
  redirected(wire: WireName, refusal: Fault | RemoteFault): void;
  /** The wire in use will not come back. */
  ended(fault: Fault | RemoteFault | undefined): void;
  /** There is another way for calls. */
  reopened(): void;
  /** Settles once no call is in flight, at the latest after `ms`. */
  quiet(ms: number): Promise<void>;
}

/** The wires of one service: its own, the fallbacks while that is away, and the one being moved to. */
export class ServiceWires {
  private readonly transports: AddressedTransports;
  private readonly fallbacks: FallbackChain;
  private readonly mover: WireMover;
  private address?: ServiceAddress;
  private own?: Transport;
  private readonly outage = new WireOutage();
  private closed = false;
  private readonly redirectedBy = new WeakMap<Transport, Fault | RemoteFault>();

  constructor(
    private readonly host: WiresHost,
    private readonly options: ServiceWiresOptions,
  ) {
    this.transports = new AddressedTransports(options);
    this.fallbacks = new FallbackChain(
      {
        make: (wire) => this.address && this.transports.make(wire, this.address),
        use: (transport) => this.use(transport),
        isLive: (wire) => [...host.rooms()].every((room) => room.isLive(wire)),
        reopened: () => host.reopened(),
      },
      options,
    );
    this.mover = new WireMover(
      {
        use: (transport) => this.use(transport),
        quiet: () => host.quiet(options.switchGraceMs),
        take: (transport) => this.take(transport),
        over: () => {
          host.changed();
          host.reopened();
        },
      },
      options.attemptsBeforeFallback,
    );
  }

  /** All in use, the one to be preferred first. */
  get all(): Transport[] {
    return [...this.chain, this.mover.transport].filter((transport) => transport !== undefined);
  }

  /** The service's own wire, whether it is there or away. */
  get inUse(): Transport | undefined {
    return this.own;
  }

  /** The address that the service was last said to have. */
  get destination(): ServiceAddress | undefined {
    return this.address;
  }

  /** The wire that serves now; undefined while none does. */
  get serving(): Transport | undefined {
    return this.chain.find(isConnected);
  }

  /** The wire that every room has; a wire that has just come back may still lack some. */
  get settled(): Transport | undefined {
    return this.fallbacks.serving ?? (isConnected(this.own) ? this.own : undefined);
  }

  /** How the service is reached; a fallback without an answer does not count. */
  get reach(): Reach {
    if (this.fallbacks.serving) return 'fallback';
    if (isConnected(this.own)) return 'wire';
    const { failures = 0 } = this.own?.state$.value ?? {};
    return this.outage.isOn || failures > 0 ? 'nothing' : 'starting';
  }

  /** The way for calls now; there is none during a move. */
  get carrier(): Transport | undefined {
    if (this.mover.transport || !this.own) return undefined;
    return isConnected(this.own) ? this.own : this.fallbacks.carrier;
  }

  find(wire: WireName): Transport | undefined {
    return this.all.find((transport) => transport.wire === wire);
  }

  /** Opens the wire that the service's address names. */
  begin(address: ServiceAddress): void {
    if (this.closed) return;
    this.address = address;
    this.own = this.transports.makeFor(address);
    if (this.own) this.use(this.own);
  }

  /**
   * Moves to `address`: make before break while the wire in use is connected, else at once. False when the move was
   * given up.
   */
  async follow(address: ServiceAddress): Promise<boolean> {
    const { own, mover, transports } = this;
    this.address = address;
    if (this.closed || !own) return true;
    if (mover.transport && transports.isAt(mover.transport, address)) return isMade(mover.result);
    mover.giveUp();
    const isClosed = own.state$.value.status === 'closed';
    if (!isClosed && transports.isAt(own, address)) return true;
    const transport = own.wire === address.wire ? undefined : transports.make(address.wire, address);
    // As in `begin`: this client cannot use the wire that is named.
    if (!transport && !isClosed && transports.isStandard(own, address)) return true;
    if (!transport || !isConnected(own)) {
      this.replace(own, transport ?? transports.makeFor(address));
      return true;
    }
    return isMade(mover.start(transport));
  }

  /** See `ServiceConnection.switchTo`. */
  async switchTo(wire: WireName): Promise<void> {
    if (this.mover.transport?.wire === wire) return this.mover.result;
    this.mover.giveUp();
    if (this.closed || !this.address || this.own?.wire === wire) return;
    const transport = this.transports.make(wire, this.address);
    if (!transport) throw new Fault('wire.lost', { wire });
    return this.mover.start(transport);
  }

  /** Gives a move to `wire` up; false when there is none. */
  abandonMove(wire: WireName, fault: Fault | RemoteFault): boolean {
    return this.mover.abandon(wire, fault);
  }

  /** Acts on a change of a wire or of a room: a wire ended, came back or is away, or a move is complete. */
  review(): void {
    if (this.closed) return;
    this.fallbacks.all.forEach((transport) => this.isRedirected(transport));
    if (this.own && this.isRedirected(this.own)) return;
    if (this.own) this.reviewOwn(this.own);
    this.rejoinOvertaken(this.mover.transport ?? this.serving);
    this.mover.review(this.host.rooms());
  }

  close(reason: Fault | RemoteFault): void {
    this.closed = true;
    if (this.mover.transport) this.mover.abandon(this.mover.transport.wire, reason);
    this.all.forEach((transport) => transport.close());
  }

  private get chain(): Transport[] {
    return this.own ? [this.own, ...this.fallbacks.all] : [];
  }

  private use(transport: Transport): void {
    transport.state$.subscribe(() => this.host.changed());
    transport.control$.subscribe((message) => this.host.announced(message));
    transport.connect();
    for (const room of this.host.rooms()) transport.join(room);
    this.host.changed();
  }

  /** Breaks before it makes: the old wire does not serve, or the new one has the same name. */
  private replace(old: Transport, transport: Transport | undefined): void {
    if (!transport) return;
    this.own = transport;
    old.close();
    this.use(transport);
    this.host.reopened();
  }

  /** Whether a transport is refused as a whole because the service is elsewhere; tells the host once for each refusal. */
  private isRedirected(transport: Transport): boolean {
    const { fault } = transport.state$.value;
    if (!fault || !isRedirect(fault)) return false;
    if (fault !== this.redirectedBy.get(transport)) {
      this.redirectedBy.set(transport, fault);
      this.host.redirected(transport.wire, fault);
    }
    return true;
  }

  private reviewOwn(own: Transport): void {
    const closed = this.chain.find(({ state$ }) => state$.value.status === 'closed');
    if (closed) {
      this.host.ended(own.state$.value.fault ?? closed.state$.value.fault);
      return;
    }
    const outageMs = this.outage.observe(isConnected(own));
    if (outageMs !== undefined) {
      this.options.statistics.reconnected(outageMs);
      this.host.reopened();
    }
    this.fallbacks.review(own);
  }

  private take(transport: Transport): void {
    const old = this.own;
    this.own = transport;
    old?.close();
  }

  /** Rejoins rooms where another wire brought a newer snapshot; the wire that stays goes on from there. */
  private rejoinOvertaken(staying: Transport | undefined): void {
    if (this.closed || !staying || !isConnected(staying)) return;
    for (const room of this.host.rooms()) {
      if (!room.isOvertaken(staying.wire)) continue;
      room.joining(staying.wire);
      staying.join(room);
    }
  }
}

function isMade(move: Promise<void>): Promise<boolean> {
  return move.then(
    () => true,
    () => false,
  );
}
