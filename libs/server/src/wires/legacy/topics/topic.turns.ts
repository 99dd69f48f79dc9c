/**
 * The order of one connection's requests: a change of its topics begins when those before it are answered, and other work
 * when the changes before it are; other work does not wait for other work.
 */
export class TopicTurns {
  private last: Promise<unknown> | undefined;

  /** Whether a change is not over yet. */
  get isBusy(): boolean {
    return this.last !== undefined;
  }

  /** Does work after the changes before it, at once when there is none. */
  after<R>(work: () => R | Promise<R>): R | Promise<R> {
    return this.last ? this.last.then(work, work) : work();
  }

  /** Does work after the changes before it; later work waits for this one. */
  change<R>(work: () => Promise<R>): Promise<R> {
    const done = this.last ? this.last.then(work, work) : work();
    this.until(done);
    return done;
  }

  /** Lets later work wait for this as well, which ends after all changes so far. */
  until(over: Promise<unknown>): void {
    this.last = over;
    const forget = () => {
      if (this.last === over) this.last = undefined;
    };
    over.then(forget, forget);
  }
}
