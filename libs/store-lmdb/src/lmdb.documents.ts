import { DocumentConflict, type DocumentStore, type DocumentWrite, expectedText } from '@switchyard/server/store';
import type { GroupCommit } from './group.commit.js';
import { isStorable, type LmdbTable, type RowWrite } from './lmdb.table.js';

/** A document write that was checked and turned into text. */
export interface PreparedWrite {
  collection: string;
  id: string;
  /** JSON; undefined deletes the document. */
  text: string | undefined;
  /** The JSON that the document must have, null for no document; undefined accepts any. */
  expected: string | null | undefined;
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
    this.check(prepared);
    this.apply(prepared);
    await this.commits.flushed();
  }

  /** Checks writes and turns them into text, before any is made. @throws TypeError when an id is too long */
  prepare(writes: readonly DocumentWrite[]): PreparedWrite[] {
    return writes.map((write) => {
      const { collection, id, value } = write;
      if (!isStorable(collection, id)) {
        throw new TypeError(`unable to store a document of ${collection}; its id is longer than a key can be`);
      }
      const text = value === null ? undefined : JSON.stringify(value);
      return { collection, id, text, expected: expectedText(write) };
    });
  }

  /**
   * Checks what prepared writes expect; apply them in the same step. Writes that wait for the disk count: no other
   * process writes, and groups reach the disk in order.
   *
   * @throws DocumentConflict
   */
  check(writes: readonly PreparedWrite[]): void {
    for (const write of writes) {
      if (write.expected === undefined) continue;
      if ((this.table.get(write.collection, write.id) ?? null) !== write.expected) throw new DocumentConflict(write);
    }
  }

  /** Adds prepared writes to the next group commit. */
  apply(writes: readonly PreparedWrite[]): void {
    for (const { collection, id, text } of writes) this.table.put(collection, id, text, text?.length);
  }
}
