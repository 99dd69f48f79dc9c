import {
  RemoteFault,
  type ControlMessage,
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
import type { ServiceStatistics } from '../statistics/service.statistics.js';
import { RoomSubscription, roomId, type RoomHost } from '../room/room.subscription.js';
import type { ShadowHost } from '../parity/service.shadow.js';
import type { TokenKeeper } from '../identity/token.keeper.js';
import { TimerSet } from '../timer/timer.set.js';
import { endsConnection, isRetryable, isRedirect, retryAfterMs } from '../transport/refusal.js';
import { ShadowSlot } from './shadow.slot.js';
import { ServiceWires, type ServiceWiresOptions } from './service.wires.js';
import { WireAdvice, type WireAdviceOptions } from './wire.advice.js';

/** What a service's connection needs from its page. */
export interface ServiceConnectionOptions extends ServiceWiresOptions {
  backoff: BackoffOptions;
  calls: CallLimits;
  tokens: TokenKeeper;
  isOver?(snapshot: object): boolean;
  /** Whether the page chose the wire, so that it does not follow announcements. */
  isForced?: boolean;
  /** Gives the service's address at its first use. */
  address(onFailure: (failures: number) => void): Promise<ServiceAddress>;
  /** Asks the server for it, as `ConfigSource.latest` does; undefined when the page has a fixed configuration. */
  latest?: WireAdviceOptions['latest'];
  /** How the service is compared on a second wire; undefined when the page compares nothing. */
  shadow?: Pick<ShadowHost, 'service' | 'transport'>;
}

/** One service's connection to the server: its rooms, its calls, and the wires they use. */
export class ServiceConnection implements RoomHost {
  readonly state$ = new BehaviorSubject<ConnectionState>('idle');
  /** `wire`, with every change of it. */
  readonly wire$ = new BehaviorSubject<WireName | undefined>(undefined);
  /** The server's control events on the wires in use. */
  readonly control$ = new Subject<ControlMessage>();
  readonly #rooms = new Map<string, RoomSubscription>();
  readonly #wireSet: ServiceWires;
  readonly #shadow: ShadowSlot;
  readonly #calls: CallQueue;
  readonly #timers = new TimerSet();
  #starting?: Promise<void>;
  /** Whether the last start failed, because of what the server said; the next use starts again. */
  #hasFailed = false;
  #configFailures = 0;
  readonly #advice: WireAdvice;
  #closed?: { fault?: Fault | RemoteFault };

  constructor(
    readonly contract: ServiceContract,
    private readonly options: ServiceConnectionOptions,
  ) {
    this.#wireSet = new ServiceWires(
      {
        rooms: () => this.#rooms.values(),
        changed: () => this.#review(),
        announced: (message) => this.#onControl(message),
        redirected: (wire, refusal) => void this.#advice.followRedirect(wire, refusal),
        ended: (fault) => this.close(fault),
        reopened: () => this.#calls.resume(),
        whenIdle: (ms) => this.#calls.whenIdle(ms),
        moveFailed: (to, { code, message: error }) =>
          options.statistics.moveFailed({ service: contract.name, to, code, error }),
      },
      {
        ...options,
        transport: (wire, address) => {
          // The service moves or falls back; it may need the shadow's own connection.
          this.#shadow.end();
          return options.transport(wire, address);
        },
      },
    );
    const { shadow, statistics } = options;
    this.#shadow = new ShadowSlot(shadow && { ...shadow, statistics, wires: this.#wireSet, rooms: this.#rooms });
    this.#advice = new WireAdvice({
      service: contract.name,
      backoff: options.backoff,
      latest: options.latest && ((isReachable) => this.#latest(isReachable)),
      wires: this.#wireSet,
      announced: (payload) => this.control$.next({ event: 'transport_switch', payload }),
    });
    this.#calls = new CallQueue(
      () => this.#wireSet.carrier,
      options.calls,
      options.backoff,
      options.tokens,
      (...call) => this.#shadow.current?.answered(...call),
    );
  }

  get statistics(): ServiceStatistics {
    return this.options.statistics;
  }

  isOver(snapshot: object): boolean {
    return this.options.isOver?.(snapshot) ?? false;
  }

  /** Gives the open room with this key and these options, or a new one. */
  room(key: string, options?: object): RoomSubscription {
    return this.#rooms.get(roomId(key, options)) ?? new RoomSubscription(key, this, options);
  }

  /** Makes a call, now or once there is a connection; rejects as `CallQueue.add` does. */
  call(name: string, payload: object): Promise<unknown> {
    void this.#start();
    const reply = this.#calls.add(name, payload);
    reply.catch((refusal: unknown) => refusal instanceof RemoteFault && isRedirect(refusal) && this.reroute());
    return reply;
  }

  wires(): readonly WireName[] {
    return this.#wireSet.all.map(({ wire }) => wire);
  }

  /** The wire that serves now, or else the one being tried; undefined before the first use. */
  get wire(): WireName | undefined {
    return (this.#wireSet.serving ?? this.#wireSet.ownTransport)?.wire;
  }

  /**
   * Moves to another wire, make before break: it joins there from the last positions, then leaves the old wire. New calls
   * wait only while the last replies of the old wire are on their way. A second move cancels the first.
   *
   * @throws Fault `wire.lost` when the new wire cannot be reached, or the new wire's refusal; the old wire then stays.
   */
  async switchTo(wire: WireName): Promise<void> {
    await this.#start();
    await this.#wireSet.switchTo(wire);
  }

  /** Compares the wire in use with another one from now on; null for none. */
  compareWith(wire: WireName | null | undefined): void {
    this.#shadow.compareWith(wire);
  }

  /** Asks the server for the service's current address and moves there, from the last positions. */
  reroute(): void {
    if (this.#starting && !this.#closed) this.#advice.lookUp();
  }

  /** Closes the connection for good: rooms complete, or fail with the fault if there is one. */
  close(fault?: Fault | RemoteFault): void {
    if (this.#closed) return;
    this.#closed = { fault };
    const reason = fault ?? clientFault('client.closed');
    this.#calls.close(reason);
    this.#timers.close();
    this.#advice.close();
    this.#shadow.end();
    [...this.#rooms.values()].forEach((room) => room.end(fault));
    this.#wireSet.close(reason);
    this.state$.next('disconnected');
    this.state$.complete();
    this.wire$.complete();
    this.control$.complete();
  }

  openRoom(room: RoomSubscription): void {
    if (this.#closed) {
      room.end(this.#closed.fault ?? clientFault('client.closed'));
      return;
    }
    this.#rooms.set(room.id, room);
    this.#wireSet.all.forEach((transport) => transport.join(room));
    this.#shadow.current?.opened(room);
    void this.#start();
  }

  closeRoom(room: RoomSubscription): void {
    if (this.#rooms.get(room.id) === room) this.#rooms.delete(room.id);
    this.#wireSet.all.forEach((transport) => transport.leave(room));
    this.#shadow.current?.closed(room);
    this.#review();
  }

  rejoin(room: RoomSubscription, wire: WireName): void {
    this.#wireSet.find(wire)?.join(room);
  }

  refused(room: RoomSubscription, wire: WireName, fault: RemoteFault): void {
    // A rate limit does not end a move: with many rooms, it only takes longer.
    const canWait = fault.code === 'rate.limited';
    // First, because what another wire refuses ends nothing on the wire in use.
    if (!canWait && this.#wireSet.mover.abandon(wire, fault)) return;
    if (endsConnection(fault, this.options.tokens.renewable)) return this.close(fault);
    if (isRedirect(fault))
      void this.#advice.followRedirect(wire, fault).then((isMoved) => isMoved || this.#joinLater(room, wire, fault));
    else if (isRetryable(fault, this.options.tokens.renewable)) this.#joinLater(room, wire, fault);
    else room.end(fault);
  }

  wireChanged(): void {
    this.#review();
  }

  /** Connects on first use. */
  #start(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#hasFailed = false;
    this.#starting ??= this.options
      .address((failures) => {
        this.#configFailures = failures;
        this.#review();
      })
      .then(
        (address) => {
          const { wire } = address;
          if (!this.#wireSet.begin(address))
            this.#fail(clientFault('config.unusable', undefined, { wire, reason: 'no common wire' }));
          else this.compareWith(address.shadow);
        },
        (fault: Fault) => (fault.code === 'config.unusable' ? this.#fail(fault) : this.close(fault)),
      );
    this.#review();
    return this.#starting;
  }

  /** Ends rooms and calls; the next one starts anew. */
  #fail(fault: Fault): void {
    if (this.#closed) return;
    this.#starting = undefined;
    this.#configFailures = 0;
    this.#hasFailed = true;
    this.#calls.fail(fault);
    [...this.#rooms.values()].forEach((room) => room.end(fault));
    this.#review();
  }

  #onControl(message: ControlMessage): void {
    if (message.event !== 'transport_switch') this.control$.next(message);
    else if (!this.options.isForced) this.#advice.announce(message.payload);
  }

  /** Asks for the service's address; a final refusal ends the connection, as that of a join does. */
  async #latest(isReachable: boolean): Promise<ServiceAddress> {
    try {
      const address = await this.options.latest!(isReachable);
      this.compareWith(address.shadow);
      return address;
    } catch (thrown) {
      if (thrown instanceof RemoteFault) this.close(thrown);
      throw thrown;
    }
  }

  #joinLater(room: RoomSubscription, wire: WireName, fault: RemoteFault): void {
    // The next poll joins it again.
    if (this.#wireSet.find(wire)?.polls) return;
    const { backoff, tokens } = this.options;
    const delayMs = Math.max(retryAfterMs(fault), backoffDelay(backoff, 1), tokens.retryDelay());
    this.#wireSet.mover.extend(wire, delayMs);
    this.#timers.after(delayMs, () => this.#rooms.get(room.id) === room && this.rejoin(room, wire));
  }

  #review(): void {
    if (!this.#closed) this.#wireSet.review();
    // The review may have closed the connection.
    if (this.#closed) return;
    if (this.wire !== this.wire$.value) this.wire$.next(this.wire);
    this.#advice.review(this.#wireSet.reach);
    const state = this.#state();
    if (state !== this.state$.value) this.state$.next(state);
    this.#calls.flush();
  }

  #state(): ConnectionState {
    if (!this.#starting) return this.#hasFailed ? 'disconnected' : 'idle';
    const { mover, reach, settled } = this.#wireSet;
    if (settled?.polls) return 'polling';
    if (settled) {
      // During a move, the new wire may be the one that serves a room.
      const wires = [settled.wire, mover.transport?.wire];
      const isLive = (room: RoomSubscription) => wires.some((wire) => wire && room.isLive(wire));
      return [...this.#rooms.values()].some(isLive) ? 'subscribed' : 'connected';
    }
    return reach === 'nothing' || this.#configFailures > 0 ? 'reconnecting' : 'initializing';
  }
}
