import { HIDDEN_EVENT, isPresenceEvent } from '@switchyard/contract';
import { isOpenTo, type Caller } from '../caller/caller.js';
import { hidden } from '../room/audience.js';
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
    return (this.hidden ??= { prepared: this.prepare(hidden(delivery)) }).prepared;
  }
}

/** Whether no old wire has a word for an event, whatever its codec: hidden events and presence are newer than them all. */
export function isUnknownToOldWires(event: string): boolean {
  return event === HIDDEN_EVENT || isPresenceEvent(event);
}
