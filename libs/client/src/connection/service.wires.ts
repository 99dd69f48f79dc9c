import { Fault, type RemoteFault, type ServiceAddress, type Wire } from '@switchyard/contract';
import type { Statistics } from '../statistics/connection.statistics.js';
import type { RoomSubscription } from '../room/room.subscription.js';
import type { ControlMessage, Transport, WireName } from '../transport/transport.js';
import { isRedirect } from '../transport/refusal.js';
import type { Reach } from './address.lookup.js';
import { AddressedTransports } from './addressed.transports.js';
import { WireSwitch } from './wire.switch.js';

/** How the wires of a service are used. */
export interface ServiceWiresOptions {
  /** Failed attempts before rooms are polled. */
  attemptsBeforePolling: number;
  /** How long calls in flight may still be answered on a wire that is left, in milliseconds. */
  switchGraceMs: number;
  statistics: Statistics;
  /** The service's transport for a wire; undefined when it cannot be used. */
  transport(wire: WireName, address: ServiceAddress): Transport | undefined;
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
  /** There is a new way for calls. */
  reopened(): void;
  /** Settles once no call is out, at the latest after `ms`. */
  quiet(ms: number): Promise<void>;
}

/** The wires of one service: the one in use, polling while that is away, and the one being moved to. */
export class ServiceWires {
  private readonly transports: AddressedTransports;
  private address?: ServiceAddress;
  private primary?: Transport;
  private fallback?: Transport;
  private moving?: WireSwitch;
  private moved: Promise<void> = Promise.resolve();
  private everConnected = false;
  private lostAt?: number;
  private closed = false;
  private readonly redirectedBy = new WeakMap<Transport, Fault | RemoteFault>();

  constructor(
    private readonly host: WiresHost,
    private readonly options: ServiceWiresOptions,
  ) {
    this.transports = new AddressedTransports((wire, address) => options.transport(wire, address));
  }

  /** All in use, the one to be trusted most first. */
  get all(): Transport[] {
    return [this.primary, this.fallback, this.moving?.transport].filter((transport) => transport !== undefined);
  }

  /** The wire the service is on, whether it is there or away. */
  get inUse(): Transport | undefined {
    return this.primary;
  }

  /** Where the service is said to be. */
  get destination(): ServiceAddress | undefined {
    return this.address;
  }

  /** The wire that serves now; undefined while none does. */
  get serving(): Transport | undefined {
    return [this.primary, this.fallback].find((transport) => transport?.state$.value.status === 'connected');
  }

  /** What reaches the service; polls that nobody answers do not. */
  get reach(): Reach {
    if (this.fallback?.state$.value.status === 'connected') return 'polling';
    const { status, failures = 0 } = this.primary?.state$.value ?? {};
    if (status === 'connected') return 'wire';
    return this.lostAt !== undefined || failures > 0 ? 'nothing' : 'starting';
  }

  /** What can take a call now; nothing while moving. */
  get carrier(): Transport | undefined {
    if (this.moving || !this.primary) return undefined;
    return this.primary.state$.value.status === 'connected' ? this.primary : this.fallback;
  }

  find(wire: WireName): Transport | undefined {
    return this.all.find((transport) => transport.wire === wire);
  }

  /** Opens the wire the service's address names. */
  begin(address: ServiceAddress): void {
    if (this.closed) return;
    this.address = address;
    this.primary = this.transports.makeFor(address);
    if (this.primary) this.use(this.primary);
  }

  /**
   * Goes where `address` says, now and from now on: make before break where the wire in use is there, else at once.
   * False when the move was given up.
   */
  async follow(address: ServiceAddress): Promise<boolean> {
    const { primary, moving } = this;
    this.address = address;
    if (this.closed || !primary) return true;
    if (moving && this.transports.isAt(moving.transport, address)) return isMade(this.moved);
    this.giveUpMove();
    const isClosed = primary.state$.value.status === 'closed';
    if (!isClosed && this.transports.isAt(primary, address)) return true;
    const transport = primary.wire === address.wire ? undefined : this.transports.make(address.wire, address);
    // As in `begin`: where this client cannot use the wire that is named.
    if (
      !transport &&
      !isClosed &&
      primary.wire === 'socketio' &&
      this.transports.isAt(primary, { ...address, wire: 'socketio' })
    )
      return true;
    if (!transport || primary.state$.value.status !== 'connected') {
      this.replace(primary, transport ?? this.transports.makeFor(address));
      return true;
    }
    return isMade((this.moved = this.move(transport)));
  }

  /** See `ServiceConnection.switchTo`. */
  async switchTo(wire: Wire): Promise<void> {
    if (this.moving?.transport.wire === wire) return this.moved;
    this.giveUpMove();
    if (this.closed || !this.address || this.primary?.wire === wire) return;
    const transport = this.transports.make(wire, this.address);
    if (!transport) throw new Fault('wire.lost', { wire });
    return (this.moved = this.move(transport));
  }

  private async move(transport: Transport): Promise<void> {
    const moving = new WireSwitch(transport, this.options.attemptsBeforePolling);
    this.moving = moving;
    try {
      this.use(transport);
      await moving.made;
      await this.host.quiet(this.options.switchGraceMs);
      const isThere = transport.state$.value.status === 'connected';
      if (this.moving !== moving || this.closed || !isThere) throw new Fault('wire.lost');
    } catch (fault) {
      if (this.moving === moving) this.moving = undefined;
      transport.close();
      this.host.changed();
      this.host.reopened();
      throw fault;
    }
    const old = this.primary;
    this.primary = transport;
    this.moving = undefined;
    old?.close();
    this.host.changed();
    this.host.reopened();
  }

  /** Gives a move up when `wire` is where it goes. */
  abandonMove(wire: WireName, fault: Fault | RemoteFault): boolean {
    if (this.moving?.transport.wire !== wire) return false;
    this.moving.abandon(fault);
    return true;
  }

  /** Draws the conclusions from what changed: the wire ended, came back or is away, a move is made. */
  review(): void {
    if (this.closed) return;
    this.reviewRefusal(this.fallback);
    if (this.reviewRefusal(this.primary)) return;
    if (this.primary) this.reviewPrimary(this.primary);
    this.rejoinOvertaken(this.moving?.transport ?? this.primary);
    this.moving?.review(this.host.rooms());
  }

  close(reason: Fault | RemoteFault): void {
    this.closed = true;
    this.moving?.abandon(reason);
    this.all.forEach((transport) => transport.close());
  }

  /** Closed at once, as the next move may use the same connection. */
  private giveUpMove(): void {
    const { moving } = this;
    this.moving = undefined;
    moving?.abandon(new Fault('wire.lost'));
    moving?.transport.close();
  }

  private use(transport: Transport): void {
    transport.state$.subscribe(() => this.host.changed());
    transport.control$.subscribe((message) => this.host.announced(message));
    transport.connect();
    for (const room of this.host.rooms()) transport.join(room);
    this.host.changed();
  }

  /** Breaks before it makes: the old wire does not serve, or the new one is of the same name. */
  private replace(old: Transport, transport: Transport | undefined): void {
    if (!transport) return;
    this.primary = transport;
    old.close();
    this.use(transport);
    this.host.reopened();
  }

  /** Whether a transport, refused as a whole, is to be left for where it was told the service is. */
  private reviewRefusal(transport: Transport | undefined): boolean {
    const { fault } = transport?.state$.value ?? {};
    if (!transport || !fault || !isRedirect(fault)) return false;
    // It is reviewed several times for one refusal.
    if (fault !== this.redirectedBy.get(transport)) {
      this.redirectedBy.set(transport, fault);
      this.host.redirected(transport.wire, fault);
    }
    return true;
  }

  private reviewPrimary(primary: Transport): void {
    const { status, failures, fault } = primary.state$.value;
    const polling = this.fallback?.state$.value;
    if (status === 'closed' || polling?.status === 'closed') {
      this.host.ended(fault ?? polling?.fault);
    } else if (status === 'connected') {
      this.everConnected = true;
      if (this.lostAt !== undefined) this.returned(this.lostAt);
      if (this.fallback && this.allLive(primary.wire)) this.stopPolling();
    } else {
      if (this.everConnected) this.lostAt ??= performance.now();
      if (failures >= this.options.attemptsBeforePolling && !this.fallback) this.startPolling();
    }
  }

  private returned(lostAt: number): void {
    this.lostAt = undefined;
    this.options.statistics.reconnected(performance.now() - lostAt);
    this.host.reopened();
  }

  private startPolling(): void {
    this.fallback = this.address && this.transports.make('polling', this.address);
    if (!this.fallback) return;
    this.use(this.fallback);
    this.host.reopened();
  }

  private stopPolling(): void {
    const { fallback } = this;
    this.fallback = undefined;
    fallback?.close();
    this.host.reopened();
  }

  private allLive(wire: WireName): boolean {
    return [...this.host.rooms()].every((room) => room.isLive(wire));
  }

  /** A wire that is away or on its way out may bring a snapshot last; the one that is to stay goes on from there. */
  private rejoinOvertaken(staying: Transport | undefined): void {
    if (this.closed || staying?.state$.value.status !== 'connected') return;
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
