import { Fault, type RemoteFault } from '@switchyard/contract';
import type { RoomSubscription } from '../room/room.subscription.js';
import type { Transport } from '../transport/transport.js';

/** A move in progress to another wire, which is made once every room is live there. */
export class WireSwitch {
  readonly made: Promise<void>;
  private confirm: () => void;
  /** Fails the move. */
  abandon: (reason: Fault | RemoteFault) => void;

  constructor(
    readonly transport: Transport,
    private readonly attempts: number,
  ) {
    this.made = new Promise((resolve, reject) => {
      this.confirm = resolve;
      this.abandon = reject;
    });
  }

  /** Checks whether the move is made or has failed. */
  review(rooms: Iterable<RoomSubscription>): void {
    const { status, failures, fault } = this.transport.state$.value;
    if (status === 'closed') this.abandon(fault ?? new Fault('wire.lost'));
    else if (failures >= this.attempts) this.abandon(new Fault('wire.lost'));
    else if (status === 'connected' && [...rooms].every((room) => room.isLive(this.transport.wire))) this.confirm();
  }
}
