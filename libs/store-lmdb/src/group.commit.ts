import { Fault } from '@switchyard/contract';

/** The pause between a failed commit and the next attempt, in ms. */
const RETRY_MS = 1000;
/** How many bytes may wait for the disk before writes are refused. */
const MAX_WAITING_BYTES = 64_000_000;

/** The error of a commit that no later attempt can repair. */
export class CommitRefusal extends Error {
  override readonly name = 'CommitRefusal';
}

/** The storage under a `GroupCommit`. */
export interface CommitHost<W> {
  /** Puts all writes on disk, or none; a `CommitRefusal` is final, anything else is tried again. */
  commit(writes: readonly W[]): Promise<void>;
  /** The writes are on disk and can be read from there. */
  committed(writes: readonly W[]): void;
  /** The first commit after a good one failed; its writes are kept and tried again. */
  failed(error: unknown): void;
}

class Batch<W> {
  /** The number of the group it was committed with. */
  group = 0;
  readonly writes: W[] = [];
  bytes = 0;
  resolve!: () => void;
  reject!: (error: Error) => void;
  readonly done = new Promise<void>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  constructor() {
    // Without a caller that awaits it, the rejection must not end the process.
    this.done.catch(() => undefined);
  }

  take({ writes, bytes }: Batch<W>): void {
    for (const write of writes) this.writes.push(write);
    this.bytes += bytes;
  }
}

/**
 * Commits in groups: while one transaction is being flushed, writes gather for the next one. The order is kept, and
 * writes of one change are committed together.
 */
export class GroupCommit<W> {
  private next = new Batch<W>();
  private running: Batch<W> | undefined;
  private failure: unknown;
  private planned: NodeJS.Immediate | undefined;
  private again: NodeJS.Timeout | undefined;
  private isClosed = false;
  private group = 1;
  private stored = 0;
  private added = 0;

  constructor(
    private readonly host: CommitHost<W>,
    private readonly retry_ms: number = RETRY_MS,
    private readonly most_waiting_bytes: number = MAX_WAITING_BYTES,
  ) {}

  /** Whether the last commit succeeded and writes are accepted. */
  get isWell(): boolean {
    return this.failure === undefined && !this.isClosed;
  }

  /** Whether added writes may still reach the disk, perhaps only once there is space again. */
  get isOpen(): boolean {
    return !this.isClosed && !(this.failure instanceof CommitRefusal);
  }

  /** Why the last commit failed. */
  get degradedReason(): string | undefined {
    return this.failure === undefined ? undefined : (this.failure as Error).message;
  }

  /** The number of the group that is being filled. */
  get filling(): number {
    return this.group;
  }

  /** The number of the last group that is on disk. */
  get onDisk(): number {
    return this.stored;
  }

  /** How many writes were ever added. */
  get count(): number {
    return this.added;
  }

  /** Checks that writes are accepted. @throws Fault `store.unavailable` for now, `store.stopped` for good */
  check(): void {
    if (this.failure instanceof CommitRefusal) throw new Fault('store.stopped');
    const waiting = this.next.bytes + (this.running?.bytes ?? 0);
    if (!this.isWell || waiting > this.most_waiting_bytes) throw new Fault('store.unavailable');
  }

  /** Adds a write to the next group; call `check` before the first one of a change. */
  add(write: W, bytes: number): void {
    this.added += 1;
    this.next.writes.push(write);
    this.next.bytes += bytes;
    if (!this.running && !this.again) this.planned ??= setImmediate(this.start);
  }

  /**
   * Resolves once all writes added so far are on disk.
   *
   * @throws Fault `call.outcome_unknown`: the writes are kept and may still reach the disk
   */
  flushed(): Promise<void> {
    if (this.next.writes.length > 0) return this.next.done;
    return this.running?.done ?? Promise.resolve();
  }

  /** Accepts no more writes and resolves once all are on disk. @throws Fault `call.outcome_unknown`, `store.stopped` when they are not */
  async close(): Promise<void> {
    this.isClosed = true;
    if (this.failure instanceof CommitRefusal) throw new Fault('store.stopped');
    if (this.failure !== undefined) this.start();
    await this.flushed();
    this.cancel();
  }

  private readonly start = (): void => {
    this.cancel();
    if (this.running || this.next.writes.length === 0) return;
    const batch = this.next;
    this.running = batch;
    this.next = new Batch();
    batch.group = this.group;
    this.group += 1;
    this.host.commit(batch.writes).then(
      () => this.succeeded(batch),
      (error: unknown) => this.giveBack(batch, error),
    );
  };

  private succeeded(batch: Batch<W>): void {
    this.running = undefined;
    this.failure = undefined;
    this.stored = batch.group;
    this.host.committed(batch.writes);
    batch.resolve();
    // At once: the writes that gathered meanwhile have waited long enough.
    this.start();
  }

  private giveBack(batch: Batch<W>, error: unknown): void {
    const fault = new Fault('call.outcome_unknown', { reason: 'the disk did not take it' }, { cause: error });
    const waiting = this.next;
    const isNews = this.failure === undefined || error instanceof CommitRefusal;
    this.running = undefined;
    this.failure = error;
    this.next = new Batch();
    this.next.take(batch);
    this.next.take(waiting);
    batch.reject(fault);
    waiting.reject(fault);
    if (isNews) this.host.failed(error);
    if (error instanceof CommitRefusal || this.isClosed) return;
    this.again = setTimeout(this.start, this.retry_ms);
    this.again.unref();
  }

  private cancel(): void {
    // A timer cleared with `clearImmediate` corrupts Node's count of immediates, and some never run.
    clearImmediate(this.planned);
    clearTimeout(this.again);
    this.planned = undefined;
    this.again = undefined;
  }
}
