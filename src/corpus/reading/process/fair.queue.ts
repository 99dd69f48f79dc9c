/** A piece of work that waits for its turn. */
interface Waiting {
  begin(): Promise<void>;
}

/** Does work for many: for each of them one piece at a time, and in turn, so that much work of one delays nobody else's. */
export class FairQueue {
  /** What waits, by whose it is; who has been served goes to the end. */
  private readonly waiting = new Map<string, Waiting[]>();
  private readonly busy = new Set<string>();

  /** @param concurrency how much is worked on at once, for all together */
  constructor(private readonly concurrency: number) {}

  /** How many pieces of work wait for their turn, for this one. */
  sizeFor(key: string): number {
    return this.waiting.get(key)?.length ?? 0;
  }

  /**
   * Does `work` when it is the turn of `key`. What is aborted while it waits is not begun; what was begun keeps its place
   * until it is done, though nobody waits for it any more.
   *
   * @throws what `work` throws; the signal's reason when it is aborted
   */
  run<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const entry: Waiting = {
        begin: () =>
          work()
            .then(resolve, reject)
            .finally(() => signal?.removeEventListener('abort', abort)),
      };
      const abort = () => {
        this.remove(key, entry);
        reject(signal!.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.waiting.set(key, [...(this.waiting.get(key) ?? []), entry]);
      this.serve();
    });
  }

  private serve(): void {
    for (const [key, entries] of this.waiting) {
      if (this.busy.size >= this.concurrency) return;
      if (this.busy.has(key)) continue;
      const [next, ...others] = entries;
      if (others.length > 0) this.waiting.set(key, others);
      else this.waiting.delete(key);
      this.busy.add(key);
      void next!.begin().finally(() => {
        this.busy.delete(key);
        // Behind all those who wait longer.
        const left = this.waiting.get(key);
        if (left && this.waiting.delete(key)) this.waiting.set(key, left);
        this.serve();
      });
    }
  }

  private remove(key: string, entry: Waiting): void {
    const left = (this.waiting.get(key) ?? []).filter((other) => other !== entry);
    if (left.length > 0) this.waiting.set(key, left);
    else this.waiting.delete(key);
  }
}
