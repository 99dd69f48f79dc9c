import type { Store } from '@switchyard/server';

/** After this a cancellation that nobody heeded is dropped: the job ended before. */
const FORGOTTEN_AFTER_MS = 600_000;

/** A cancellation as it is stored; `at` is Unix ms. */
interface Asked {
  id: string;
  at: number;
}

/** Cancellations of jobs of one name, which the process that has the job hears of through the store. */
export class JobCancels {
  private readonly collection: string;

  constructor(
    name: string,
    private readonly store: Store,
  ) {
    this.collection = `job_cancels:${name}`;
  }

  /** Has a job cancelled, by the process that does it now or the one that comes to it next. @throws Fault `store.unavailable` */
  ask(id: string): Promise<void> {
    const value: Asked = { id, at: Date.now() };
    return this.store.documents.write([{ collection: this.collection, id, value }]);
  }

  /** Whether a job was cancelled. @throws Fault `store.unavailable` */
  async isAsked(id: string): Promise<boolean> {
    return (await this.store.documents.get<Asked>(this.collection, id)) !== undefined;
  }

  /** Forgets cancellations that were heeded. @throws Fault `store.unavailable` */
  async forget(...ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.store.documents.write(ids.map((id) => ({ collection: this.collection, id, value: null })));
  }

  /** Calls `cancel`, which says whether it had the job, for each that is cancelled, until what is returned is called. */
  async heed(cancel: (id: string) => boolean, failed: (error: unknown) => void): Promise<() => void> {
    const look = async () => {
      const asked = await this.store.documents.list<Asked>(this.collection);
      const old = Date.now() - FORGOTTEN_AFTER_MS;
      const done = asked.filter(({ id, at }) => cancel(id) || at < old);
      await this.forget(...done.map(({ id }) => id));
    };
    const release = await this.store.cluster?.watch(this.collection, () => void look().catch(failed));
    return release ?? (() => undefined);
  }
}
