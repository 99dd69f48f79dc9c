/**
 * Measures the gaps in the delivery of numbered events to one client: the time between two consecutive deliveries, minus
 * the time between the sending of the two. A pause of the publisher is therefore no gap, and a late delivery is one.
 */
export class DeliveryGap {
  private last?: { at: number; sent: number };
  private longest = 0;

  /** Notes a delivery; both times are in milliseconds, by one clock. */
  delivered(at: number, sent: number): void {
    const { last } = this;
    if (last) this.longest = Math.max(this.longest, at - last.at - Math.max(0, sent - last.sent));
    this.last = { at, sent };
  }

  /** Returns the longest gap since the last call, in milliseconds, and starts anew; the next gap begins at the last delivery. */
  take(): number {
    const { longest } = this;
    this.longest = 0;
    return longest;
  }

  /** Starts anew at the next delivery: what passes until then is no gap. */
  forget(): void {
    delete this.last;
    this.longest = 0;
  }
}
