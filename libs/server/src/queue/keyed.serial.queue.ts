/**
 * Runs the tasks of each key one after another, in the order they were added; tasks of different keys run side by side.
 *
 * A task that fails stops none of the following ones, and a key is forgotten once its last task has settled.
 */
export class KeyedSerialQueue<K = string> {
  private readonly last = new Map<K, Promise<unknown>>();

  /** How many keys have a task that runs or waits. */
  get size(): number {
    return this.last.size;
  }

  /** Runs `task` after the earlier tasks of `key`, at once when there is none; settles as the task does. */
  run<T>(key: K, task: () => Promise<T> | T): Promise<T> {
    const start = () => task();
    const before = this.last.get(key);
    const running = before ? before.then(start, start) : new Promise<T>((resolve) => resolve(start()));
    this.last.set(key, running);
    const forget = () => {
      if (this.last.get(key) === running) this.last.delete(key);
    };
    running.then(forget, forget);
    return running;
  }
}
