import type { DocumentWrite, Store } from './store.js';

/** The documents of one collection, all of one type; a service's stores extend it. */
export abstract class Collection<T extends object> {
  constructor(
    private readonly store: Pick<Store, 'documents'>,
    private readonly collection: string,
  ) {}

  /** The document of this id, undefined when there is none. @throws Fault `store.unavailable` */
  get(id: string): Promise<T | undefined> {
    return this.store.documents.get<T>(this.collection, id);
  }

  /** Every document. @throws Fault `store.unavailable` */
  list(): Promise<T[]> {
    return this.store.documents.list<T>(this.collection);
  }

  /** The write that stores a document, or deletes it; see `DocumentWrite` for `expect`. */
  protected write(id: string, value: T | null, expect?: T | null): DocumentWrite {
    return { collection: this.collection, id, value, expect };
  }
}
