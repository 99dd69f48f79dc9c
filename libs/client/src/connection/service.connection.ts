import { Fault, type RemoteFault, type ServiceAddress, type ServiceContract, type Wire } from '@switchyard/contract';
import { BehaviorSubject, Subject } from 'rxjs';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import { CallQueue, type CallLimits } from '../call/call.queue.js';
import { clientFault } from '../client.faults.js';
import type { ConnectionState } from '../realtime/realtime.state.js';
import type { Statistics } from '../realtime/realtime.statistics.js';
import { RoomSubscription, type RoomHost } from '../room/room.subscription.js';
import { TimerSet } from '../timer/timer.set.js';
import { isPassing } from '../transport/refusal.js';
import type { ControlMessage, Transport, WireName } from '../transport/transport.js';
import { WireSwitch } from './wire.switch.js';

/** What a service's connection takes from its page. */
export interface ServiceConnectionOptions {
  backoff: BackoffOptions;
  calls: CallLimits;
  /** Failed attempts before rooms are polled. */
  attemptsBeforePolling: number;
  /** How long calls in flight may still be answered on a wire that is left, in milliseconds. */
  switchGraceMs: number;
  /** Whether a refused token can be replaced. */
  renewable: boolean;
  statistics: Statistics;
  isOver?(snapshot: object): boolean;
  /** The service's transport for a wire; undefined when it cannot be used. */
  transport(wire: WireName, address: ServiceAddress): Transport | undefined;
  address(onFailure: (failures: number) => void): Promise<ServiceAddress>;
  token(): Promise<string | undefined>;
}

/** One service's way to the server: its rooms and calls, the wire they use now, and polling while that is away. */
export class ServiceConnection implements RoomHost {
  readonly state$ = new BehaviorSubject<ConnectionState>('idle');
  /** What the server announces on the wires in use. */
  readonly control$ = new Subject<ControlMessage>();
  private readonly rooms = new Map<string, RoomSubscription>();
  private readonly calls: CallQueue;
  private readonly timers = new TimerSet();
  private starting?: Promise<void>;
  private configFailures = 0;
  private address?: ServiceAddress;
  private primary?: Transport;
  private fallback?: Transport;
  private moving?: WireSwitch;
  private everConnected = false;
  private lostAt?: number;
  private closed?: { fault?: Fault | RemoteFault };

  constructor(
    readonly contract: ServiceContract,
    private readonly options: ServiceConnectionOptions,
  ) {
    this.calls = new CallQueue(() => this.carrier(), options.calls, options.backoff);
  }

  get isOver() {
    return this.options.isOver;
  }

  get statistics(): Statistics {
    return this.options.statistics;
  }

  /** The room `key`: the one that is open while anybody is in it, else a new one. */
  room(key: string): RoomSubscription {
    return this.rooms.get(key) ?? new RoomSubscription(key, this);
  }

  /** Makes a call, now or once there is a connection; throws what `CallQueue.add` throws. */
  call(name: string, payload: object): Promise<unknown> {
    void this.start();
    return this.calls.add(name, payload);
  }

  wires(): readonly WireName[] {
    return [this.primary, this.fallback, this.moving?.transport].flatMap((transport) => transport?.wire ?? []);
  }

  /**
   * Moves to another wire, make before break: joins there from the last positions, then leaves the old one. Calls wait
   * meanwhile. Asked again before it is done, it gives up the first move.
   *
   * @throws Fault `wire.lost` when the new wire cannot be reached; the old one then stays.
   */
  async switchTo(wire: Wire): Promise<void> {
    await this.start();
    this.moving?.abandon(new Fault('wire.lost'));
    if (this.closed || this.primary?.wire === wire) return;
    const transport = this.options.transport(wire, this.address!);
    if (!transport) throw new Fault('wire.lost', { wire });
    const moving = new WireSwitch(transport, this.options.attemptsBeforePolling);
    this.moving = moving;
    try {
      this.use(transport);
      await moving.made;
      await this.calls.quiet(this.options.switchGraceMs);
      if (this.moving !== moving) throw new Fault('wire.lost');
    } catch (fault) {
      if (this.moving === moving) this.moving = undefined;
      transport.close();
      this.rejoinOvertaken();
      throw fault;
    }
    const old = this.primary;
    this.primary = transport;
    this.moving = undefined;
    old?.close();
    this.review();
    this.calls.resume();
  }

  /** Ends everything: rooms complete, or fail with the fault where there is one. */
  close(fault?: Fault | RemoteFault): void {
    if (this.closed) return;
    this.closed = { fault };
    const reason = fault ?? clientFault('client.closed');
    this.calls.close(reason);
    this.timers.close();
    this.moving?.abandon(reason);
    [...this.rooms.values()].forEach((room) => room.end(fault));
    this.transports().forEach((transport) => transport.close());
    this.state$.next('disconnected');
    this.state$.complete();
    this.control$.complete();
  }

  open(room: RoomSubscription): void {
    if (this.closed) {
      room.end(this.closed.fault ?? clientFault('client.closed'));
      return;
    }
    this.rooms.set(room.key, room);
    this.transports().forEach((transport) => transport.join(room));
    void this.start();
  }

  shut(room: RoomSubscription): void {
    if (this.rooms.get(room.key) === room) this.rooms.delete(room.key);
    this.transports().forEach((transport) => transport.leave(room));
    this.review();
  }

  rejoin(room: RoomSubscription, wire: WireName): void {
    this.transports()
      .find((transport) => transport.wire === wire)
      ?.join(room);
  }

  refused(room: RoomSubscription, wire: WireName, fault: RemoteFault): void {
    const to = fault.code === 'service.closed' ? fault.details?.to : undefined;
    if (wire === this.moving?.transport.wire) this.moving.abandon(fault);
    else if (to === 'legacy' || to === 'socketio') void this.obey(to).catch(() => this.joinLater(room, wire, fault));
    else if (isPassing(fault, this.options.renewable)) this.joinLater(room, wire, fault);
    else room.end(fault);
  }

  moved(): void {
    this.review();
  }

  private transports(): Transport[] {
    return [this.primary, this.fallback, this.moving?.transport].filter((transport) => transport !== undefined);
  }

  /** Connects on first use. */
  private start(): Promise<void> {
    this.starting ??= this.options
      .address((failures) => this.configFailed(failures))
      .then(
        (address) => this.begin(address),
        (fault: Fault) => this.close(fault),
      );
    this.review();
    return this.starting;
  }

  private configFailed(failures: number): void {
    this.configFailures = failures;
    this.review();
  }

  private begin(address: ServiceAddress): void {
    if (this.closed) return;
    this.address = address;
    // An old wire this client has no address for (a Socket.IO one, say): both serve at every stage that names it.
    this.primary = this.options.transport(address.wire, address) ?? this.options.transport('socketio', address);
    if (this.primary) this.use(this.primary);
  }

  private use(transport: Transport): void {
    transport.state$.subscribe(() => this.review());
    transport.control$.subscribe((message) => this.hear(message));
    transport.connect();
    this.rooms.forEach((room) => transport.join(room));
    this.review();
  }

  private hear(message: ControlMessage): void {
    this.control$.next(message);
    if (message.event !== 'auth_expiring' || !this.options.renewable || this.primary?.wire !== 'socketio') return;
    const { primary } = this;
    this.options
      .token()
      .then(async (token) => token === undefined || primary.call('reauthenticate', { token }))
      .catch(() => undefined);
  }

  private obey(to: Wire): Promise<void> {
    this.control$.next({
      event: 'transport_switch',
      payload: { service: this.contract.name, to, reason: 'service.closed' },
    });
    return this.switchTo(to);
  }

  private joinLater(room: RoomSubscription, wire: WireName, fault: RemoteFault): void {
    const asked = Number(fault.details?.retry_after_ms);
    const delay = Math.max(Number.isFinite(asked) ? asked : 0, backoffDelay(this.options.backoff, 1));
    // The next poll asks by itself.
    if (wire === 'polling') return;
    this.timers.after(delay, () => this.rooms.get(room.key) === room && this.rejoin(room, wire));
  }

  /** A move given up may have brought snapshots that overtook the wire that stays. */
  private rejoinOvertaken(): void {
    const { primary } = this;
    if (!primary || primary.state$.value.status !== 'connected') return;
    this.rooms.forEach((room) => room.isLive(primary.wire) || primary.join(room));
  }

  private carrier(): Transport | undefined {
    if (this.moving || !this.primary) return undefined;
    return this.primary.state$.value.status === 'connected' ? this.primary : this.fallback;
  }

  /** Draws the conclusions from what changed: polling on or off, a move made, the state, calls that can go. */
  private review(): void {
    if (this.closed) return;
    if (this.primary) this.reviewPrimary(this.primary);
    this.moving?.review(this.rooms.values());
    const state = this.state();
    if (!this.closed && state !== this.state$.value) this.state$.next(state);
    this.calls.flush();
  }

  private reviewPrimary(primary: Transport): void {
    const { status, failures, fault } = primary.state$.value;
    if (status === 'closed') {
      this.close(fault);
      return;
    }
    if (status === 'connected') {
      this.everConnected = true;
      if (this.lostAt !== undefined) this.returned(this.lostAt);
      if (this.fallback && this.allLive(primary.wire)) this.stopPolling();
      return;
    }
    if (this.everConnected) this.lostAt ??= performance.now();
    if (failures >= this.options.attemptsBeforePolling && !this.fallback && this.address) {
      this.fallback = this.options.transport('polling', this.address);
      if (this.fallback) this.use(this.fallback);
      this.calls.resume();
    }
  }

  private returned(lostAt: number): void {
    this.lostAt = undefined;
    this.options.statistics.reconnected(performance.now() - lostAt);
    this.calls.resume();
  }

  private stopPolling(): void {
    const { fallback } = this;
    this.fallback = undefined;
    fallback?.close();
    this.calls.resume();
  }

  private allLive(wire: WireName): boolean {
    return [...this.rooms.values()].every((room) => room.isLive(wire));
  }

  private state(): ConnectionState {
    if (!this.starting) return 'idle';
    if (this.fallback) return 'polling';
    const transport = this.primary?.state$.value;
    if (transport?.status === 'connected') {
      return [...this.rooms.values()].some((room) => room.isLive(this.primary!.wire)) ? 'subscribed' : 'connected';
    }
    const failures = this.configFailures + (transport?.failures ?? 0);
    return this.everConnected || failures > 0 ? 'reconnecting' : 'initializing';
  }
}
