/** Counts work that goes on, so that a shutdown can wait for it. */
export class InFlight {
  private count = 0;
  private readonly waiting = new Set<() => void>();

  /** Counts work until its promise settles, and returns that promise. */
  during<T>(work: Promise<T>): Promise<T> {
    const end = this.begin();
    return work.finally(end);
  }

  /** Counts work until the returned function is called, which may happen more than once. */
  begin(): () => void {
    this.count += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.count -= 1;
      if (this.count > 0) return;
      for (const resolve of this.waiting) resolve();
    };
  }

  /** Resolves to true once nothing goes on, to false when something still does after `within_ms`. */
  async emptied(within_ms: number): Promise<boolean> {
    const end = performance.now() + within_ms;
    while (this.count > 0) {
      const left = end - performance.now();
      if (left <= 0) return false;
      await this.nextEmpty(left);
    }
    return true;
  }

  private nextEmpty(within_ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, within_ms);
      this.waiting.add(done);
    });
  }
}
