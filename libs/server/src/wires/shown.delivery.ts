import { HIDDEN_EVENT, isPresenceEvent } from '@switchyard/contract';
import { isOpenTo, type Caller } from '../caller/caller.js';
import type { Delivery } from '../room/delivery.js';

/**
 * One delivery, prepared once for everybody who gets the same: an event for one user reaches the others as `hidden`,
 * without its payload.
 */
export class ShownDelivery<T> {
  private open: { prepared: T } | undefined;
  private hidden: { prepared: T } | undefined;

  constructor(
    private readonly delivery: Delivery,
    private readonly prepare: (shown: Delivery) => T,
  ) {}

  /** The prepared delivery for this caller. */
  to(caller: Caller): T {
    const { delivery } = this;
    if (isOpenTo(caller, delivery.onlyForUser)) return (this.open ??= { prepared: this.prepare(delivery) }).prepared;
    return (this.hidden ??= { prepared: this.prepare(hiddenIn(delivery)) }).prepared;
  }
}

/** What callers get in place of a delivery that is not for them. */
export function hiddenIn(delivery: Delivery): Delivery {
  return { ...delivery, event: HIDDEN_EVENT, payload: {} };
}

/** Whether old wires have no word for an event, whatever the codec: hidden events and presence came with positions. */
export function isUnknownToOldWires(event: string): boolean {
  return event === HIDDEN_EVENT || isPresenceEvent(event);
}
