/** Counts unfinished work, so that a shutdown can wait for it. */
export class InFlight {
  private count = 0;
  private readonly waiting = new Set<() => void>();

  /** Counts work until the returned function is called; further calls of it do nothing. */
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

  /** Resolves to true once no work is left, or to false after `within_ms`. */
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
