import { Fault, type RemoteFault, type WireName } from '@switchyard/contract';
import type { RoomSubscription } from '../room/room.subscription.js';
import type { Transport } from '../transport/transport.js';
import { isConnected } from './fallback.chain.js';
import { WireSwitch } from './wire.switch.js';

/** The part of a service that its mover uses. */
export interface WireMoverHost {
  /** Connects a transport and joins all rooms on it. */
  use(transport: Transport): void;
  /** Resolves once no call is in flight, or after a time limit. */
  whenIdle(): Promise<void>;
  /** Makes the new transport the service's own. */
  adopt(transport: Transport): void;
  /** Reports the end of a move, successful or not. */
  finished(): void;
}

/** Moves a service to another wire, make before break; one move at a time. */
export class WireMover {
  private moving?: WireSwitch;
  private moved: Promise<void> = Promise.resolve();

  constructor(
    private readonly host: WireMoverHost,
    private readonly attempts: number,
  ) {}

  /** The transport being moved to. */
  get transport(): Transport | undefined {
    return this.moving?.transport;
  }

  /** The last move; rejects when it failed. */
  get result(): Promise<void> {
    return this.moved;
  }

  /** Starts a move to a transport. */
  start(transport: Transport): Promise<void> {
    return (this.moved = this.move(transport));
  }

  /** Cancels the move and closes its transport at once, because the next move may use the same connection. */
  giveUp(): void {
    const { moving } = this;
    this.moving = undefined;
    moving?.abandon(new Fault('wire.lost'));
    moving?.transport.close();
  }

  /** Fails a move to `wire`; returns false when there is none. */
  abandon(wire: WireName, fault: Fault | RemoteFault): boolean {
    if (this.moving?.transport.wire !== wire) return false;
    this.moving.abandon(fault);
    return true;
  }

  /** Checks whether the move is complete. */
  review(rooms: Iterable<RoomSubscription>): void {
    this.moving?.review(rooms);
  }

  private async move(transport: Transport): Promise<void> {
    const moving = new WireSwitch(transport, this.attempts);
    this.moving = moving;
    try {
      this.host.use(transport);
      await moving.made;
      await this.host.whenIdle();
      if (this.moving !== moving || !isConnected(transport)) throw new Fault('wire.lost');
    } catch (fault) {
      if (this.moving === moving) this.moving = undefined;
      transport.close();
      this.host.finished();
      throw fault;
    }
    this.moving = undefined;
    this.host.adopt(transport);
    this.host.finished();
  }
}
