import {
  RemoteFault,
  type Fault,
  type ServiceAddress,
  type ServiceContract,
  type WireName,
} from '@switchyard/contract';
import { BehaviorSubject, Subject } from 'rxjs';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import { CallQueue, type CallLimits } from '../call/call.queue.js';
import { clientFault } from '../faults/client.faults.js';
import type { ConnectionState } from './connection.state.js';
import type { Statistics } from '../statistics/connection.statistics.js';
import { RoomSubscription, roomId, type RoomHost } from '../room/room.subscription.js';
import type { TokenKeeper } from '../identity/token.keeper.js';
import { TimerSet } from '../timer/timer.set.js';
import { endsConnection, isRetryable, isRedirect, redirectOf, retryAfterMs } from '../transport/refusal.js';
import type { ControlMessage } from '../transport/transport.js';
import { AddressLookup, type AddressLookupOptions } from './address.lookup.js';
import { ServiceWires, type ServiceWiresOptions } from './service.wires.js';

/** What a service's connection takes from its page. */
export interface ServiceConnectionOptions extends ServiceWiresOptions {
  backoff: BackoffOptions;
  calls: CallLimits;
  tokens: Pick<TokenKeeper, 'renewable' | 'retryDelay'>;
  isOver?(snapshot: object): boolean;
  /** Where the service is when it is first used. */
  address(onFailure: (failures: number) => void): Promise<ServiceAddress>;
  latest?: AddressLookupOptions['latest'];
}

/** One service's way to the server: its rooms, its calls, and the wires they use. */
export class ServiceConnection implements RoomHost {
  readonly state$ = new BehaviorSubject<ConnectionState>('idle');
  /** What the server announces on the wires in use. */
  readonly control$ = new Subject<ControlMessage>();
  private readonly rooms = new Map<string, RoomSubscription>();
  private readonly wireSet: ServiceWires;
  private readonly calls: CallQueue;
  private readonly timers = new TimerSet();
  private starting?: Promise<void>;
  private configFailures = 0;
  private readonly lookup: AddressLookup;
  /** A wire that does not serve, and what it named instead; it is not gone back to before the connection is lost. */
  private redirect?: { from: WireName; to: WireName };
  /** The wire last announced. */
  private told?: WireName;
  private closed?: { fault?: Fault | RemoteFault };

  constructor(
    readonly contract: ServiceContract,
    private readonly options: ServiceConnectionOptions,
  ) {
    this.wireSet = new ServiceWires(
      {
        rooms: () => this.rooms.values(),
        changed: () => this.review(),
        announced: (message) => this.hear(message),
        redirected: (wire, refusal) => void this.followRedirect(wire, refusal),
        ended: (fault) => this.close(fault),
        reopened: () => this.calls.resume(),
        quiet: (ms) => this.calls.quiet(ms),
      },
      options,
    );
    const { backoff, latest } = options;
    this.lookup = new AddressLookup({ backoff, latest, follow: (address) => this.follow(address, 'config') });
    this.calls = new CallQueue(() => this.wireSet.carrier, options.calls, options.backoff, options.tokens);
  }

  get statistics(): Statistics {
    return this.options.statistics;
  }

  isOver(snapshot: object): boolean {
    return this.options.isOver?.(snapshot) ?? false;
  }

  /** The room `key` as it is seen with these options: the one that is open while anybody is in it, else a new one. */
  room(key: string, options?: object): RoomSubscription {
    return this.rooms.get(roomId(key, options)) ?? new RoomSubscription(key, this, options);
  }

  /** Makes a call, now or once there is a connection; throws what `CallQueue.add` throws. */
  call(name: string, payload: object): Promise<unknown> {
    void this.start();
    const reply = this.calls.add(name, payload);
    reply.catch((refusal: unknown) => refusal instanceof RemoteFault && isRedirect(refusal) && this.reroute());
    return reply;
  }

  wires(): readonly WireName[] {
    return this.wireSet.all.map(({ wire }) => wire);
  }

  /** The wire that serves now, or is tried while none does; undefined before the first use. */
  get wire(): WireName | undefined {
    return (this.wireSet.serving ?? this.wireSet.inUse)?.wire;
  }

  /**
   * Moves to another wire, make before break: joins there from the last positions, then leaves the old one. Calls wait
   * meanwhile. Asked for another wire before it is done, it gives up the first move.
   *
   * @throws Fault `wire.lost` when the new wire cannot be reached, or as it refused; the old one then stays.
   */
  async switchTo(wire: WireName): Promise<void> {
    await this.start();
    await this.wireSet.switchTo(wire);
  }

  /** Asks the server where the service belongs now and goes there, from the last positions. */
  reroute(): void {
    if (this.starting && !this.closed) this.lookup.look(true);
  }

  /** Ends everything: rooms complete, or fail with the fault where there is one. */
  close(fault?: Fault | RemoteFault): void {
    if (this.closed) return;
    this.closed = { fault };
    const reason = fault ?? clientFault('client.closed');
    this.calls.close(reason);
    this.timers.close();
    this.lookup.close();
    [...this.rooms.values()].forEach((room) => room.end(fault));
    this.wireSet.close(reason);
    this.state$.next('disconnected');
    this.state$.complete();
    this.control$.complete();
  }

  open(room: RoomSubscription): void {
    if (this.closed) {
      room.end(this.closed.fault ?? clientFault('client.closed'));
      return;
    }
    this.rooms.set(room.id, room);
    this.wireSet.all.forEach((transport) => transport.join(room));
    void this.start();
  }

  shut(room: RoomSubscription): void {
    if (this.rooms.get(room.id) === room) this.rooms.delete(room.id);
    this.wireSet.all.forEach((transport) => transport.leave(room));
    this.review();
  }

  rejoin(room: RoomSubscription, wire: WireName): void {
    this.wireSet.find(wire)?.join(room);
  }

  refused(room: RoomSubscription, wire: WireName, fault: RemoteFault): void {
    if (endsConnection(fault, this.options.tokens.renewable)) return this.close(fault);
    // A move of many rooms takes as long as it is given.
    const canWait = fault.code === 'rate.limited';
    if (!canWait && this.wireSet.abandonMove(wire, fault)) return;
    if (isRedirect(fault))
      void this.followRedirect(wire, fault).then((isThere) => isThere || this.joinLater(room, wire, fault));
    else if (isRetryable(fault, this.options.tokens.renewable)) this.joinLater(room, wire, fault);
    else room.end(fault);
  }

  moved(): void {
    this.review();
  }

  /** Connects on first use. */
  private start(): Promise<void> {
    if (this.closed) return Promise.resolve();
    this.starting ??= this.options
      .address((failures) => {
        this.configFailures = failures;
        this.review();
      })
      .then(
        (address) => this.wireSet.begin(address),
        (fault: Fault) => this.close(fault),
      );
    this.review();
    return this.starting;
  }

  private hear(message: ControlMessage): void {
    this.control$.next(message);
    if (message.event !== 'transport_switch') return;
    this.told = message.payload.to;
    this.reroute();
  }

  /** Goes where a refusal says, and asks whether that is all that changed; false when it could not. */
  private followRedirect(from: WireName, refusal: Fault | RemoteFault): Promise<boolean> {
    this.reroute();
    const to = redirectOf(refusal);
    const address = this.wireSet.destination;
    if (!to || to === from || !address) return Promise.resolve(false);
    this.redirect = { from, to };
    const { namespace } = refusal.details ?? {};
    const known = { ...address, wire: to, ...(typeof namespace === 'string' && { namespace }) };
    return this.follow(known, refusal.code);
  }

  private follow(address: ServiceAddress, reason: string): Promise<boolean> {
    const wire = address.wire === this.redirect?.from ? this.redirect.to : address.wire;
    const { destination, inUse } = this.wireSet;
    if (wire !== destination?.wire && wire !== inUse?.wire && wire !== this.told) {
      this.told = wire;
      this.control$.next({ event: 'transport_switch', payload: { service: this.contract.name, to: wire, reason } });
    }
    return this.wireSet.follow({ ...address, wire });
  }

  private joinLater(room: RoomSubscription, wire: WireName, fault: RemoteFault): void {
    // The next poll asks again.
    if (this.wireSet.find(wire)?.polls) return;
    const { backoff, tokens } = this.options;
    const delay = Math.max(retryAfterMs(fault), backoffDelay(backoff, 1), tokens.retryDelay());
    this.timers.after(delay, () => this.rooms.get(room.id) === room && this.rejoin(room, wire));
  }

  private review(): void {
    if (this.closed) return;
    this.wireSet.review();
    if (this.isClosed()) return;
    const { reach } = this.wireSet;
    if (reach === 'nothing') this.redirect = undefined;
    this.lookup.review(reach);
    const state = this.state();
    if (state !== this.state$.value) this.state$.next(state);
    this.calls.flush();
  }

  /** Asked anew, as a review may close. */
  private isClosed(): boolean {
    return this.closed !== undefined;
  }

  private state(): ConnectionState {
    if (!this.starting) return 'idle';
    const { reach, settled } = this.wireSet;
    if (settled?.polls) return 'polling';
    if (settled) {
      return [...this.rooms.values()].some((room) => room.isLive(settled.wire)) ? 'subscribed' : 'connected';
    }
    return reach === 'nothing' || this.configFailures > 0 ? 'reconnecting' : 'initializing';
  }
}
