/** Runs a room's tasks one after another, in the order they were added; a task that fails stops none of the others. */
export class RoomQueue {
  private tail: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** @param settled called after each task. */
  constructor(private readonly settled: () => void) {}

  /** Whether a task runs or waits. */
  get busy(): boolean {
    return this.waiting > 0;
  }

  /** Runs a task in its turn; settles as the task does. */
  add<T>(task: () => Promise<T>): Promise<T> {
    this.waiting += 1;
    const run = this.tail.then(task);
    this.tail = run.then(this.settle, this.settle);
    return run;
  }

  /** Runs a task in its turn and ignores its failure: when an unavailable store returns, a check repeats what was missed. */
  attempt(task: () => Promise<unknown>): void {
    this.add(task).catch(() => undefined);
  }

  private readonly settle = (): void => {
    this.waiting -= 1;
    this.settled();
  };
}
