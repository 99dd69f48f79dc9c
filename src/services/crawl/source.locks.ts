/** Lets only one run at a time write to a source. */
export class SourceLocks {
  private readonly tails = new Map<string, Promise<void>>();

  /** Whether a run has the source now. */
  isTaken(source_id: string): boolean {
    return this.tails.has(source_id);
  }

  /** Waits for the source to be free; call what is returned to free it. @throws the signal's reason when it is aborted */
  async take(source_id: string, signal: AbortSignal): Promise<() => void> {
    const before = this.tails.get(source_id);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const tail = Promise.resolve(before).then(() => held);
    this.tails.set(source_id, tail);
    const free = () => {
      release();
      if (this.tails.get(source_id) === tail) this.tails.delete(source_id);
    };
    try {
      await this.reached(before, signal);
      return free;
    } catch (aborted) {
      free();
      throw aborted;
    }
  }

  private async reached(before: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
    let abort: () => void = () => undefined;
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
    });
    try {
      signal.throwIfAborted();
      await Promise.race([before, aborted]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}
