import type { Position } from '@switchyard/contract';
import type { CallStore } from './call.store.js';
import type { Cluster } from './cluster.js';
import type { NewEntry, StoredEntry } from './entry.js';
import type { LimitStore } from './limit.store.js';
import type { SeriesStore } from './series.store.js';

export type { CallRecord, CallStore } from './call.store.js';
export type { NewEntry, StoredEntry } from './entry.js';

/** A document to put, or with `value: null` to delete; `value` is plain JSON. */
export interface DocumentWrite {
  collection: string;
  id: string;
  value: object | null;
  /**
   * The document as it was read, or null when it was missing: if it has changed since, this write and all made with it are
   * refused. Left out, the write accepts any document.
   */
  expect?: object | null;
}

/** The domain's documents: JSON values by collection and id. */
export interface DocumentStore {
  get<T extends object>(collection: string, id: string): Promise<T | undefined>;
  /** All documents of a collection, by id in ascending order. */
  list<T extends object>(collection: string): Promise<T[]>;
  /**
   * Applies all writes or none.
   *
   * @throws DocumentConflict when one expects another document; Fault as `Store` says
   */
  write(writes: readonly DocumentWrite[]): Promise<void>;
}

/**
 * The position of an appended entry; `durable` resolves once the entry, its writes and its call record are flushed, and
 * rejects with Fault `call.outcome_unknown` when that is not sure.
 */
export interface Appended extends Position {
  durable: Promise<void>;
}

/** The largest replay; for more, a snapshot is the better answer. */
export interface ReplayLimit {
  events: number;
  bytes: number;
}

/**
 * The logs of rooms.
 *
 * Offsets start at 1, have no holes and are never used twice; each entry keeps the epoch it was written in. A
 * position is valid when the entry at its offset has its epoch, or when it is the room's base: the position of the
 * last entry that was trimmed, or of the room's beginning.
 */
export interface RoomStore {
  /**
   * Appends one entry, applies `writes` in the same transaction and keeps the last `keep` entries.
   *
   * @throws DocumentConflict when a write expects another document, and nothing is appended; Fault as `Store` says
   */
  append(room: string, entry: NewEntry, keep: number, writes?: readonly DocumentWrite[]): Promise<Appended>;
  /** The position of the last entry, or the base of a room without entries. */
  head(room: string): Promise<Position>;
  /** Every entry after `since`; undefined when `since` is not valid or more than `limit` would have to be read. */
  read(room: string, since: Position, limit: ReplayLimit): Promise<StoredEntry[] | undefined>;
  /**
   * Drops all but the last `keep` entries; numbering goes on. It exists for tests, which need the entries gone at once:
   * `append` may drop them later, many together.
   */
  trim(room: string, keep: number): Promise<void>;
  /** Drops every entry and begins a new epoch; numbering goes on. */
  clear(room: string): Promise<Position>;
  /** Drops the room; if it comes back, it has a new epoch. */
  forget(room: string): Promise<void>;
  /** The names of the rooms that have a log. */
  names(): Promise<string[]>;
}

/**
 * Everything that may outlive a process. Memory, LMDB and Redis implement it.
 *
 * A refused operation throws Fault `store.unavailable`, or `store.stopped` where only a restart helps: nothing was
 * written. A write that was accepted and not confirmed throws `call.outcome_unknown`: it may have been made, or may still
 * be made.
 */
export interface Store {
  readonly kind: string;
  /** What an acknowledged write survives, in one sentence for people. */
  readonly durability: string;
  /** Whether everything in it is lost with the process, as in memory; such a store is for tests and for development. */
  readonly forgets?: boolean;
  /** The id of this process; each opening of a store has a new one. */
  readonly node: string;
  readonly rooms: RoomStore;
  readonly documents: DocumentStore;
  readonly calls: CallStore;
  readonly limits: LimitStore;
  readonly series: SeriesStore;
  /** The other processes that use the store; undefined where only one process can. */
  readonly cluster?: Cluster | undefined;
  /**
   * How many writes of this process the store took, or may have taken, without those of `series`; 0 where none is ever
   * refused. When a refused write fails a task and this number has not grown during the task, the task has written nothing.
   */
  readonly writes: number;
  /** Why the store takes no writes although it can be reached, and what to do, in one sentence for people. */
  readonly degradedReason: string | undefined;
  /** Whether the store can be reached now. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

/** The injection token of the store in use. */
export const STORE = Symbol('switchyard.store');
