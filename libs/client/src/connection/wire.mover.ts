import { Fault, type RemoteFault, type WireName } from '@switchyard/contract';
import type { RoomSubscription } from '../room/room.subscription.js';
import type { Transport } from '../transport/transport.js';
import { WireSwitch, type WireSwitchLimits } from './wire.switch.js';

/** The part of a service that its mover uses. */
export interface WireMoverHost {
  /** Connects a transport and joins all rooms on it. */
  use(transport: Transport): void;
  /** Resolves once no call is in flight, or after a time limit. */
  whenIdle(): Promise<void>;
  /** Makes the new transport the service's own. */
  adopt(transport: Transport): void;
  /** Reports a move that failed; one that another move overtakes did not. */
  failed(wire: WireName, fault: Fault | RemoteFault): void;
  /** Reports the end of a move, successful or not. */
  finished(): void;
}

/** Moves a service to another wire, make before break; one move at a time. */
export class WireMover {
  #moving?: WireSwitch;
  #moved: Promise<void> = Promise.resolve();

  constructor(
    private readonly host: WireMoverHost,
    private readonly limits: WireSwitchLimits,
  ) {}

  /** The transport being moved to. */
  get transport(): Transport | undefined {
    return this.#moving?.transport;
  }

  /** Whether the new wire serves every room, so that only calls in flight delay the end of the move. */
  get isEnding(): boolean {
    return this.#moving?.isLive ?? false;
  }

  /** The last move; rejects when it failed. */
  get result(): Promise<void> {
    return this.#moved;
  }

  /** Starts a move to a transport. */
  start(transport: Transport): Promise<void> {
    return (this.#moved = this.#move(transport));
  }

  /** Cancels the move and closes its transport at once, because the next move may use the same connection. */
  giveUp(): void {
    const moving = this.#moving;
    this.#moving = undefined;
    moving?.abandon(new Fault('wire.lost'));
    moving?.transport.close();
  }

  /** Fails a move to `wire`; returns false when there is none. */
  abandon(wire: WireName, fault: Fault | RemoteFault): boolean {
    if (this.#moving?.transport.wire !== wire) return false;
    this.#moving.abandon(fault);
    return true;
  }

  /** Gives a move to `wire` more time, in milliseconds. */
  extend(wire: WireName, ms: number): void {
    if (this.#moving?.transport.wire === wire) this.#moving.extend(ms);
  }

  /** Checks whether the new wire serves every room. */
  review(rooms: Iterable<RoomSubscription>): void {
    this.#moving?.review(rooms);
  }

  async #move(transport: Transport): Promise<void> {
    const moving = new WireSwitch(transport, this.limits);
    this.#moving = moving;
    try {
      this.host.use(transport);
      do {
        await moving.live();
        await this.host.whenIdle();
        // The new wire may have been lost meanwhile.
      } while (!moving.isLive);
    } catch (thrown) {
      const isOvertaken = this.#moving !== moving;
      if (!isOvertaken) this.#moving = undefined;
      transport.close();
      if (!isOvertaken) this.host.failed(transport.wire, thrown as Fault | RemoteFault);
      this.host.finished();
      throw thrown;
    }
    moving.end();
    this.#moving = undefined;
    this.host.adopt(transport);
    this.host.finished();
  }
}
