import type { Position } from '@switchyard/contract';
import type { CallStore } from './call.store.js';
import type { Cluster } from './cluster.js';
import type { NewEntry, StoredEntry } from './entry.js';
import type { LimitStore } from './limit.store.js';

export type { CallRecord, CallStore } from './call.store.js';
export type { NewEntry, StoredEntry } from './entry.js';

/** A document to put, or with `value: null` to delete; `value` is plain JSON. */
export interface DocumentWrite {
  collection: string;
  id: string;
  value: object | null;
  /**
   * What the document must still be for this write, and all that are made with it, to be made: as it was read, or null
   * when it was not there. Left out, anything will do.
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
 * Where an entry was appended; `durable` settles once it, its writes and its call record are flushed, and is rejected
 * with Fault `call.outcome_unknown` when they may not be.
 */
export interface Appended extends Position {
  durable: Promise<void>;
}

/** How much may be replayed before a snapshot is the better answer. */
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
  /** Drops all but the last `keep` entries; numbering goes on. */
  trim(room: string, keep: number): Promise<void>;
  /** Drops every entry and begins a new epoch; numbering goes on. */
  clear(room: string): Promise<Position>;
  /** Drops the room; should it come back, its epoch is another. */
  forget(room: string): Promise<void>;
  /** The names of the rooms that have a log. */
  names(): Promise<string[]>;
}

/**
 * Everything that may outlive a process, behind one interface: memory, LMDB and Redis implement it.
 *
 * What cannot be done is refused with Fault `store.unavailable`, or `store.stopped` where only a restart helps: nothing
 * was written. A write that was taken and is not confirmed is `call.outcome_unknown`: it may have been made, or be made
 * yet.
 */
export interface Store {
  readonly kind: string;
  /** What an acknowledged write survives, in one sentence for people. */
  readonly durability: string;
  /** The id of this process; each opening of a store has a new one. */
  readonly node: string;
  readonly rooms: RoomStore;
  readonly documents: DocumentStore;
  readonly calls: CallStore;
  readonly limits: LimitStore;
  /** The other processes that use the store; undefined where only one process can. */
  readonly cluster?: Cluster | undefined;
  /**
   * How many writes this process has had taken, or may have; 0 where none is ever refused. Work that is refused a write
   * while this number stands still has written nothing.
   */
  readonly writes: number;
  /** Why nothing can be saved though the store is there, and what to do about it, in one sentence for people. */
  readonly degradedReason: string | undefined;
  /** Whether the store can be reached now. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

/** The injection token of the store in use. */
export const STORE = Symbol('switchyard.store');
