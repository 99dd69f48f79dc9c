import type { DocumentStore, DocumentWrite } from '../store.js';
import type { GroupCommit } from './group.commit.js';
import { isStorable, type LmdbTable, type RowWrite } from './lmdb.table.js';

/** A document write whose value is fixed and sure to be accepted. */
export interface PreparedWrite {
  collection: string;
  id: string;
  /** JSON; undefined deletes the document. */
  text: string | undefined;
}

/** Documents as JSON text, by collection and id. */
export class LmdbDocuments implements DocumentStore {
  constructor(
    private readonly table: LmdbTable<string>,
    private readonly commits: GroupCommit<RowWrite>,
  ) {}

  async get<T extends object>(collection: string, id: string): Promise<T | undefined> {
    const text = this.table.get(collection, id);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  async list<T extends object>(collection: string): Promise<T[]> {
    const rows = [...this.table.rows(collection)];
    rows.sort(([a], [b]) => (a < b ? -1 : 1));
    return rows.map(([, text]) => JSON.parse(text) as T);
  }

  async write(writes: readonly DocumentWrite[]): Promise<void> {
    const prepared = this.prepare(writes);
    this.commits.check();
    this.apply(prepared);
    await this.commits.flushed();
  }

  /** Fixes what is to be written, before anything is. @throws TypeError when an id is too long */
  prepare(writes: readonly DocumentWrite[]): PreparedWrite[] {
    return writes.map(({ collection, id, value }) => {
      if (!isStorable(collection, id)) {
        throw new TypeError(`unable to store a document of ${collection}; its id is longer than a key can be`);
      }
      return { collection, id, text: value === null ? undefined : JSON.stringify(value) };
    });
  }

  /** Puts prepared writes into the group of writes that is being filled. */
  apply(writes: readonly PreparedWrite[]): void {
    for (const { collection, id, text } of writes) this.table.put(collection, id, text, text?.length);
  }
}
