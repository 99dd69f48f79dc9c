import type { Store } from '@switchyard/server';

/** How long to keep a cancellation that no process acts on because the job has ended, in ms. */
const MAX_AGE_MS = 600_000;

/** A stored cancellation; `at` is Unix ms. */
interface Cancellation {
  id: string;
  at: number;
}

/** Stores the cancellations of one queue's jobs; each process looks among them for its own jobs. */
export class JobCancels {
  private readonly collection: string;

  constructor(
    name: string,
    private readonly store: Store,
  ) {
    this.collection = `job_cancels:${name}`;
  }

  /** Stores the cancellation of a job for the process that does it now or takes it next. @throws Fault `store.unavailable` */
  add(id: string): Promise<void> {
    const value: Cancellation = { id, at: Date.now() };
    return this.store.documents.write([{ collection: this.collection, id, value }]);
  }

  /** Whether a job was cancelled. @throws Fault `store.unavailable` */
  async has(id: string): Promise<boolean> {
    return (await this.store.documents.get<Cancellation>(this.collection, id)) !== undefined;
  }

  /** Deletes cancellations. @throws Fault `store.unavailable` */
  async delete(...ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.store.documents.write(ids.map((id) => ({ collection: this.collection, id, value: null })));
  }

  /** Calls `cancel` for each cancelled job until the returned function is called; `cancel` returns whether this process had the job. */
  async watch(cancel: (id: string) => boolean, failed: (error: unknown) => void): Promise<() => void> {
    const look = async () => {
      const cancellations = await this.store.documents.list<Cancellation>(this.collection);
      const old = Date.now() - MAX_AGE_MS;
      const done = cancellations.filter(({ id, at }) => cancel(id) || at < old);
      await this.delete(...done.map(({ id }) => id));
    };
    const release = await this.store.cluster?.watch(this.collection, () => void look().catch(failed));
    return release ?? (() => undefined);
  }
}
