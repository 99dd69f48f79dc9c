import type { Position } from '@switchyard/contract';
import type { DocumentWrite } from '../store/store.js';

/** An event with the domain's writes that belong to it. */
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
 * Keeps a `state` room to one event in `interval_ms`: the first goes out at once, the latest of the rest when the
 * interval ends. It works before the append, so what it swallows never had an offset.
 */
export class RoomCoalescer {
  private pending: Pending | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly interval_ms: number,
    private readonly append: (offer: Offer) => Promise<Position>,
    private readonly quiet: () => void,
  ) {}

  /** Whether an event waits for its turn. */
  get busy(): boolean {
    return this.timer !== undefined;
  }

  /** Offers an event; resolves to the position of the event that carried it or a later value. */
  offer(offer: Offer): Promise<Position> {
    if (this.pending && this.pending.event !== offer.event) this.flush();
    if (this.timer === undefined) {
      this.open();
      return this.append(offer);
    }
    this.pending = { ...offer, settled: this.pending?.settled ?? new Deferred() };
    return this.pending.settled.promise;
  }

  /** Lets `append` of an event that may not wait go now; what waited is older and gives way to it. */
  supersede(event: string, append: () => Promise<Position>): Promise<Position> {
    const waiting = this.pending;
    this.pending = undefined;
    this.stop();
    // A different event is no older value of this one: it keeps its place before it.
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
      if (!this.pending) return this.quiet();
      this.open();
      this.flush();
    }, this.interval_ms);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
