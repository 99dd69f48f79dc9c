import { Fault, type RemoteFault, type WireName } from '@switchyard/contract';
import type { RoomSubscription } from '../room/room.subscription.js';
import type { Transport } from '../transport/transport.js';
import { isConnected } from './fallback.chain.js';
import { WireSwitch } from './wire.switch.js';

/** What a mover asks of its service. */
export interface WireMoverHost {
  /** Connects a transport and joins all rooms on it. */
  use(transport: Transport): void;
  /** Settles once no call is in flight any more, or has been for too long. */
  quiet(): Promise<void>;
  /** Makes the new transport the service's own. */
  take(transport: Transport): void;
  /** A move is over, made or given up. */
  over(): void;
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

  /** The last move; it rejects when that was given up. */
  get result(): Promise<void> {
    return this.moved;
  }

  /** Moves to a transport. */
  start(transport: Transport): Promise<void> {
    return (this.moved = this.move(transport));
  }

  /** Gives the move up and closes its transport at once, as the next move may use the same connection. */
  giveUp(): void {
    const { moving } = this;
    this.moving = undefined;
    moving?.abandon(new Fault('wire.lost'));
    moving?.transport.close();
  }

  /** Gives a move to `wire` up; false when there is none. */
  abandon(wire: WireName, fault: Fault | RemoteFault): boolean {
    if (this.moving?.transport.wire !== wire) return false;
    this.moving.abandon(fault);
    return true;
  }

  /** Looks how far the move is. */
  review(rooms: Iterable<RoomSubscription>): void {
    this.moving?.review(rooms);
  }

  private async move(transport: Transport): Promise<void> {
    const moving = new WireSwitch(transport, this.attempts);
    this.moving = moving;
    try {
      this.host.use(transport);
      await moving.made;
      await this.host.quiet();
      if (this.moving !== moving || !isConnected(transport)) throw new Fault('wire.lost');
    } catch (fault) {
      if (this.moving === moving) this.moving = undefined;
      transport.close();
      this.host.over();
      throw fault;
    }
    this.moving = undefined;
    this.host.take(transport);
    this.host.over();
  }
}
