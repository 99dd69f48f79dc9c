import { Fault, type RemoteFault, type ServiceAddress, type Wire } from '@switchyard/contract';
import type { Statistics } from '../realtime/realtime.statistics.js';
import type { RoomSubscription } from '../room/room.subscription.js';
import type { ControlMessage, Transport, WireName } from '../transport/transport.js';
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
  /** The wire in use will not come back. */
  ended(fault: Fault | RemoteFault | undefined): void;
  /** There is a new way for calls. */
  reopened(): void;
  /** Settles once no call is out, at the latest after `ms`. */
  quiet(ms: number): Promise<void>;
}

/** The wires of one service: the one in use, polling while that is away, and the one being moved to. */
export class ServiceWires {
  private address?: ServiceAddress;
  private primary?: Transport;
  private fallback?: Transport;
  private moving?: WireSwitch;
  private moved: Promise<void> = Promise.resolve();
  private everConnected = false;
  private lostAt?: number;
  private closed = false;

  constructor(
    private readonly host: WiresHost,
    private readonly options: ServiceWiresOptions,
  ) {}

  /** All in use, the one to be trusted most first. */
  get all(): Transport[] {
    return [this.primary, this.fallback, this.moving?.transport].filter((transport) => transport !== undefined);
  }

  /** The wire the service is on, whether it is there or away. */
  get inUse(): Transport | undefined {
    return this.primary;
  }

  get polling(): boolean {
    return this.fallback !== undefined;
  }

  /** Whether the wire in use is away after it was there. */
  get lost(): boolean {
    return this.lostAt !== undefined;
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
    // An old wire this client has no address for (a Socket.IO one, say): both serve at every stage that names it.
    this.primary = this.options.transport(address.wire, address) ?? this.options.transport('socketio', address);
    if (this.primary) this.use(this.primary);
  }

  /** See `ServiceConnection.switchTo`. */
  switchTo(wire: Wire): Promise<void> {
    if (this.moving?.transport.wire === wire) return this.moved;
    this.giveUpMove();
    return (this.moved = this.move(wire));
  }

  private async move(wire: Wire): Promise<void> {
    if (this.closed || !this.address || this.primary?.wire === wire) return;
    const transport = this.options.transport(wire, this.address);
    if (!transport) throw new Fault('wire.lost', { wire });
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
    this.fallback = this.address && this.options.transport('polling', this.address);
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
