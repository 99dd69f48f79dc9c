import { PATIENCE_MS } from './until.js';

interface Waiter<T> {
  wanted: (item: T) => boolean;
  resolve: (item: T) => void;
}

/** Queues received items; each is returned once, in order, even if it arrived before the call. */
export class Inbox<T> {
  /** All items that ever arrived. */
  readonly all: T[] = [];
  private readonly unread: T[] = [];
  private readonly waiters = new Set<Waiter<T>>();

  constructor(private readonly owner: string) {}

  /** Gives an item to a waiting caller, or queues it. */
  put(item: T): void {
    this.all.push(item);
    for (const waiter of this.waiters) {
      if (!waiter.wanted(item)) continue;
      this.waiters.delete(waiter);
      waiter.resolve(item);
      return;
    }
    this.unread.push(item);
  }

  /** Returns the first queued item that matches. @throws Error when none arrives within `patience_ms` */
  async take(wanted: (item: T) => boolean, what = 'such an item', patience_ms = PATIENCE_MS): Promise<T> {
    const at = this.unread.findIndex(wanted);
    if (at >= 0) return this.unread.splice(at, 1)[0] as T;
    return new Promise<T>((resolve, reject) => {
      const waiter: Waiter<T> = {
        wanted,
        resolve: (item) => {
          clearTimeout(timer);
          resolve(item);
        },
      };
      const timer = setTimeout(() => {
        this.waiters.delete(waiter);
        const seen = JSON.stringify(this.all.slice(-20));
        reject(new Error(`unable to see ${what} at ${this.owner} within ${patience_ms} ms; it received ${seen}`));
      }, patience_ms);
      this.waiters.add(waiter);
    });
  }
}
