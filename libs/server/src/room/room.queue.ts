/** Does the tasks of a room one after the other, in the order they came; one that fails stops no other. */
export class RoomQueue {
  private tail: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** @param settled called after each task. */
  constructor(private readonly settled: () => void) {}

  /** Whether a task is under way or waits. */
  get busy(): boolean {
    return this.waiting > 0;
  }

  /** Does a task in its turn; resolves, or rejects, as it does. */
  add<T>(task: () => Promise<T>): Promise<T> {
    this.waiting += 1;
    const run = this.tail.then(task);
    this.tail = run.then(this.settle, this.settle);
    return run;
  }

  /** Does a task in its turn that may fail: what fails while the store is away is found by a check when it is back. */
  attempt(task: () => Promise<unknown>): void {
    this.add(task).catch(() => undefined);
  }

  private readonly settle = (): void => {
    this.waiting -= 1;
    this.settled();
  };
}
