import { Collection } from '../store/collection.js';
import type { DocumentWrite, Store } from '../store/store.js';

/** Stores the runs of a service, by the keys of their rooms; a run may name its owner. */
export abstract class RunStore<R extends object> extends Collection<R> {
  /**
   * @param collection the name of the collection in the store
   * @param keyOf returns the key of a run's room
   * @param isOver whether a run has ended
   */
  constructor(
    store: Pick<Store, 'documents'>,
    collection: string,
    readonly keyOf: (run: R) => string,
    readonly isOver: (run: R) => boolean,
  ) {
    super(store, collection);
  }

  /** Returns the write that stores a run. */
  put(run: R): DocumentWrite {
    return this.write(this.keyOf(run), run);
  }

  /** Returns every run that has not ended. @throws Fault `store.unavailable` */
  async unfinished(): Promise<R[]> {
    return (await this.list()).filter((run) => !this.isOver(run));
  }

  /** Returns the run of a room if it has not ended. @throws Fault `store.unavailable` */
  async findUnfinished(key: string): Promise<R | undefined> {
    const run = await this.get(key);
    return run && !this.isOver(run) ? run : undefined;
  }
}
