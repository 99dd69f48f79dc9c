import { DocumentConflict, expectedText } from '../document.conflict.js';
import type { DocumentStore, DocumentWrite } from '../store.js';

/** Documents in this process's memory, kept as JSON text so that nobody shares an object with the store. */
export class MemoryDocuments implements DocumentStore {
  private readonly collections = new Map<string, Map<string, string>>();

  get<T extends object>(collection: string, id: string): Promise<T | undefined> {
    const text = this.collections.get(collection)?.get(id);
    return Promise.resolve(text === undefined ? undefined : (JSON.parse(text) as T));
  }

  list<T extends object>(collection: string): Promise<T[]> {
    const entries = [...(this.collections.get(collection) ?? [])];
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return Promise.resolve(entries.map(([, text]) => JSON.parse(text) as T));
  }

  async write(writes: readonly DocumentWrite[]): Promise<void> {
    this.apply(writes);
  }

  /** Applies writes at once, so that an append and its writes are one step. @throws DocumentConflict */
  apply(writes: readonly DocumentWrite[]): void {
    for (const write of writes) {
      const expected = expectedText(write);
      const found = this.collections.get(write.collection)?.get(write.id) ?? null;
      if (expected !== undefined && expected !== found) throw new DocumentConflict(write);
    }
    for (const { collection, id, value } of writes) {
      let documents = this.collections.get(collection);
      if (!documents) this.collections.set(collection, (documents = new Map<string, string>()));
      if (value === null) documents.delete(id);
      else documents.set(id, JSON.stringify(value));
    }
  }
}
