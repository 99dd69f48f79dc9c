/** Timers that end together, so that closing their owner leaves none behind. */
export class TimerSet {
  private readonly pending = new Set<ReturnType<typeof setTimeout>>();

  /** Runs `action` once after `ms` milliseconds and returns its cancellation. */
  after(ms: number, action: () => void): () => void {
    const timer = setTimeout(() => {
      this.pending.delete(timer);
      action();
    }, ms);
    this.pending.add(timer);
    return () => {
      this.pending.delete(timer);
      clearTimeout(timer);
    };
  }

  clear(): void {
    this.pending.forEach((timer) => clearTimeout(timer));
    this.pending.clear();
  }
}
