import { Collection } from '../store/collection.js';
import type { DocumentWrite, Store } from '../store/store.js';

/** A room of a bridge, for as long as a process feeds it. */
export interface UpstreamRecord {
  key: string;
  /** Who owns the room; only callers with the same owner may enter. */
  owner: string;
  /** The state as of the last entry of the room's log; missing in a room that was never open. */
  state?: object;
  /** Whether the old server is away, so that the state is out of date. */
  isAway?: boolean;
}

/** The rooms of one bridge, for all processes: each record is written in the transaction of the event that changes it. */
export class UpstreamRecords extends Collection<UpstreamRecord> {
  constructor(
    private readonly all: Pick<Store, 'documents'>,
    service: string,
  ) {
    super(all, `upstream:${service}`);
  }

  /** Returns the write that stores a record. */
  put(record: UpstreamRecord): DocumentWrite {
    return this.write(record.key, record);
  }

  /** Stores a record. @throws Fault `store.unavailable` */
  async save(record: UpstreamRecord): Promise<void> {
    await this.all.documents.write([this.put(record)]);
  }

  /** Deletes the record of a room. @throws Fault `store.unavailable` */
  async remove(key: string): Promise<void> {
    await this.all.documents.write([this.write(key, null)]);
  }
}
