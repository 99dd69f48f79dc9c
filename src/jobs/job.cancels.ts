import type { Store } from '@switchyard/server';

/** After this a cancellation that nobody heeded is dropped: the job ended before, or its process did. */
const FORGOTTEN_AFTER_MS = 600_000;

/** A cancellation as it is stored; `at` is Unix ms. */
interface Asked {
  id: string;
  at: number;
}

/** Cancellations of jobs that another process does, which hears of them through the store. */
export class JobCancels {
  private readonly collection: string;

  constructor(
    name: string,
    private readonly store: Store,
  ) {
    this.collection = `job_cancels:${name}`;
  }

  /** Asks the process that has the job, where there are others. */
  async ask(id: string): Promise<void> {
    const value: Asked = { id, at: Date.now() };
    if (this.store.documents.watch) await this.store.documents.write([{ collection: this.collection, id, value }]);
  }

  /** Calls `cancel`, which says whether the job was its own, for each that is asked for, until what is returned is called. */
  async heed(cancel: (id: string) => boolean, failed: (error: unknown) => void): Promise<() => void> {
    const look = async () => {
      const asked = await this.store.documents.list<Asked>(this.collection);
      const old = Date.now() - FORGOTTEN_AFTER_MS;
      const done = asked.filter(({ id, at }) => cancel(id) || at < old);
      if (done.length === 0) return;
      await this.store.documents.write(done.map(({ id }) => ({ collection: this.collection, id, value: null })));
    };
    const release = await this.store.documents.watch?.(this.collection, () => void look().catch(failed));
    return release ?? (() => undefined);
  }
}
