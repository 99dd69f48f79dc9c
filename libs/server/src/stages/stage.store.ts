import { randomUUID } from 'node:crypto';
import type { MigrationState } from '@switchyard/contract';
import type { DocumentWrite, Store } from '../store/store.js';
import { stateOf, type StageRecord } from './stage.record.js';

const RECORDS = 'migration';
const AUDIT = 'migration-audit';

/** A change of a service's state as the store keeps it, once and for all. */
export interface AuditRecord {
  id: string;
  /** ISO 8601 with Z. */
  at: string;
  by: string;
  from: MigrationState;
  to: MigrationState;
  /** The id of the service's entry before this one. */
  previous?: string;
}

/**
 * Returns writes that are made with a change of a record, or not at all. It runs again when another change comes in
 * between; what it throws refuses the change.
 *
 * @param from the record that the change is made from
 * @param to the record afterwards, with the id of its audit entry
 */
export type JoinedWrites = (from: StageRecord, to: StageRecord) => Promise<readonly DocumentWrite[]>;

const NOTHING: JoinedWrites = () => Promise.resolve([]);

/** The records of the services' stages and their audit, in the store. Each method throws Fault `store.unavailable`. */
export class StageStore {
  constructor(private readonly store: Pick<Store, 'documents' | 'cluster'>) {}

  /** Calls `changed` when another process has changed a record, or may have; see `Cluster.watch`. */
  async watch(changed: () => void): Promise<() => void> {
    return (await this.store.cluster?.watch(RECORDS, changed)) ?? (() => undefined);
  }

  get(service: string): Promise<StageRecord | undefined> {
    return this.store.documents.get<StageRecord>(RECORDS, service);
  }

  /** Every record, by service. */
  async load(): Promise<Map<string, StageRecord>> {
    const records = await this.store.documents.list<StageRecord>(RECORDS);
    return new Map(records.map((record) => [record.service, record]));
  }

  /** An entry of the audit. */
  entry(id: string): Promise<AuditRecord | undefined> {
    return this.store.documents.get<AuditRecord>(AUDIT, id);
  }

  /**
   * Writes a change with its audit entry, and returns the record as it is stored.
   *
   * @param stored the record that the change was made from, undefined when there was none
   * @throws DocumentConflict when the store has another one
   */
  async change(
    stored: StageRecord | undefined,
    from: StageRecord,
    to: StageRecord,
    joined = NOTHING,
  ): Promise<StageRecord & { audit: string }> {
    const { updated_at: at, updated_by: by } = to;
    const id = `${at}-${randomUUID()}`;
    const previous = from.audit;
    const record = { ...to, audit: id };
    const entry: AuditRecord = { id, at, by, from: stateOf(from), to: stateOf(to), ...(previous && { previous }) };
    await this.store.documents.write([
      { collection: RECORDS, id: to.service, value: record, expect: stored ?? null },
      // No entry is ever written over.
      { collection: AUDIT, id, value: entry, expect: null },
      ...(await joined(from, record)),
    ]);
    return record;
  }

  /** Writes a record that the store has lost. @throws DocumentConflict when it has one */
  async restore(record: StageRecord): Promise<StageRecord> {
    await this.store.documents.write([{ collection: RECORDS, id: record.service, value: record, expect: null }]);
    return record;
  }
}
