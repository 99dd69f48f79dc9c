/** A task waiting for its turn. */
interface QueuedTask {
  begin(): Promise<void>;
}

/** Runs tasks of many keys, one at a time for each key and in fair turns between keys. */
export class FairQueue {
  /** The waiting tasks by key; a served key moves to the end. */
  private readonly waiting = new Map<string, QueuedTask[]>();
  private readonly busy = new Set<string>();

  /** @param concurrency the number of tasks running at once, over all keys */
  constructor(private readonly concurrency: number) {}

  /** Returns the number of waiting tasks of a key. */
  sizeFor(key: string): number {
    return this.waiting.get(key)?.length ?? 0;
  }

  /**
   * Runs `task` when it is the turn of `key`; an aborted task does not start, and a started one keeps its place to the end.
   *
   * @throws what `task` throws; the signal's reason when it is aborted
   */
  run<T>(key: string, task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const entry: QueuedTask = {
        begin: () =>
          task()
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
        // Move the served key behind all others.
        const left = this.waiting.get(key);
        if (left && this.waiting.delete(key)) this.waiting.set(key, left);
        this.serve();
      });
    }
  }

  private remove(key: string, entry: QueuedTask): void {
    const left = (this.waiting.get(key) ?? []).filter((other) => other !== entry);
    if (left.length > 0) this.waiting.set(key, left);
    else this.waiting.delete(key);
  }
}
