import type { Position } from '@switchyard/contract';
import type { DocumentWrite } from '../store/store.js';

/** An event that a newer one may replace, with the domain's writes that belong to it. */
export interface Offer {
  event: string;
  payload: object;
  writes: readonly DocumentWrite[];
}

interface Pending extends Offer {
  settled: Deferred<Position>;
}

class Deferred<T> {
  resolve!: (value: T | PromiseLike<T>) => void;
  readonly promise = new Promise<T>((resolve) => (this.resolve = resolve));
}

/**
 * Limits a `state` room to one event in `interval_ms`: the first is appended at once, the latest of the others when the
 * interval ends. Coalescing happens before the append, so a replaced event never had an offset.
 */
export class RoomCoalescer {
  private pending: Pending | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly interval_ms: number,
    private readonly append: (offer: Offer) => Promise<Position>,
    private readonly idle: () => void,
  ) {}

  /** Whether an interval runs, in which an event may wait. */
  get busy(): boolean {
    return this.timer !== undefined;
  }

  /** Offers an event; resolves to the position of this event, or of the one that replaced it. */
  offer(offer: Offer): Promise<Position> {
    if (this.pending && this.pending.event !== offer.event) this.flush();
    if (this.timer === undefined) {
      this.open();
      return this.append(offer);
    }
    this.pending = { ...offer, settled: this.pending?.settled ?? new Deferred() };
    return this.pending.settled.promise;
  }

  /** Runs `append` of an event that must not wait; it replaces a waiting event of the same name. */
  supersede(event: string, append: () => Promise<Position>): Promise<Position> {
    const waiting = this.pending;
    this.pending = undefined;
    this.stop();
    // An event of another name is not replaced: it is appended first.
    if (waiting && waiting.event !== event) waiting.settled.resolve(this.append(waiting));
    const position = append();
    if (waiting?.event === event) waiting.settled.resolve(position);
    return position;
  }

  private flush(): void {
    const waiting = this.pending;
    this.pending = undefined;
    if (waiting) waiting.settled.resolve(this.append(waiting));
  }

  private open(): void {
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (!this.pending) return this.idle();
      this.open();
      this.flush();
    }, this.interval_ms);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
