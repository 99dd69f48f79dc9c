import type { Position } from '@switchyard/contract';
import type { ServerOptions } from 'socket.io';
import type { ConnectionStore, LimitStore } from './limit.store.js';
import type { PresenceStore } from './presence.store.js';

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
  /**
   * Calls `changed` when another process has written to the collection (not with an append), or may have, until the
   * function is called that the promise resolves to; absent where there are no other processes.
   */
  watch?(collection: string, changed: () => void): Promise<() => void>;
}

/** An entry to append; `payload` is JSON text, so that nobody can change it afterwards. */
export interface NewEntry {
  event: string;
  payload: string;
  /** Unix time in milliseconds. */
  at: number;
  /** The only user it is for, by id; left out when it is for everybody. */
  onlyForUser?: string | undefined;
}

/** An entry of a room's log with its position. */
export interface StoredEntry extends NewEntry, Position {}

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

/** Where a log goes on for somebody who was at a position that is not valid. */
export interface Resumption extends Position {
  /**
   * Whether anything lies between the two: `nothing` when the log was emptied right after that position, `events` when
   * some are missing or were taken back, `unknown` when there is no log at all any more.
   */
  between: 'nothing' | 'events' | 'unknown';
}

/** What a room is told of its log in other processes. */
export interface RoomFollower {
  /** Another process appended an entry; it may come late, twice or out of order. */
  appended(entry: StoredEntry): void;
  /** Another process sent an event without a position; `payload` is JSON text. */
  volatilePublished(event: string, payload: string): void;
  /** Something may have been missed: the room has to compare itself with the head of its log. */
  check(): void;
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
  /**
   * Tells the follower what other processes append to the room, from when the promise resolves until the function it
   * resolves to is called; absent, with the two below, where there are no other processes.
   */
  follow?(room: string, follower: RoomFollower): Promise<() => void>;
  /** Tells the followers of other processes of an event without a position. */
  publishVolatile?(room: string, event: string, payload: string): Promise<void>;
  /** Where the log goes on for somebody at `position`, which is not valid: at the last position both share, or its base. */
  resume?(room: string, position: Position): Promise<Resumption>;
}

/** What is known of a call that carries a `correlation_id`. */
export type CallRecord =
  { state: 'pending'; digest: string; owner: string } | { state: 'done'; digest: string; reply: string };

/** Calls already made, by caller and `correlation_id`; a record is kept for `window_ms` after it was begun. */
export interface CallStore {
  /** Begins a call when nothing is known under `key`; returns the record found there otherwise. */
  begin(key: string, record: CallRecord & { state: 'pending' }, window_ms: number): Promise<CallRecord | undefined>;
  /**
   * Records the reply (JSON text) of a call that was begun, later if need be; resolves once what the call wrote is as
   * safe as it gets. @throws Fault when it is not
   */
  finish(key: string, reply: string): Promise<void>;
  /** Forgets a call that this owner began and that has not ended, as if it had never been made; later if need be. */
  abandon(key: string, owner: string): Promise<void>;
  /**
   * Waits for the end of a call that another process runs: its record when it is done, the pending one when its owner
   * is lost, undefined when it was abandoned. Absent where there are no other processes.
   */
  outcome?(key: string): Promise<CallRecord | undefined>;
}

/** Who works on a run, under a key of the run's own, and whether that owner is alive. */
export interface Lease {
  key: string;
  owner: string;
  isAlive: boolean;
}

/** Which process works on which run; each method throws Fault `store.unavailable`. */
export interface LeaseStore {
  /** Says that an owner is alive, for `ttl_ms` from now. */
  live(owner: string, ttl_ms: number): Promise<void>;
  /** Says that an owner has ended. */
  leave(owner: string): Promise<void>;
  /** Takes a lease that nobody else has, and answers whether it did; what is written afterwards is never seen before it. */
  take(key: string, owner: string): Promise<boolean>;
  /** Whether the owner still has its lease; one that the store has forgotten is had again. */
  keep(key: string, owner: string): Promise<boolean>;
  /** Takes a lease from an owner that is dead, and answers whether it did; `from` does not keep it when it comes back. */
  seize(key: string, owner: string, from: string): Promise<boolean>;
  /** Gives a lease back, if it is the owner's. */
  release(key: string, owner: string): Promise<void>;
  /** Who has the lease, dead or alive; undefined when nobody has. */
  find(key: string): Promise<string | undefined>;
  list(): Promise<Lease[]>;
  /** Calls `back` now if the store can be reached, and each time it can be again. */
  onReturn(back: () => void): void;
  /** Sends a text to another owner, and answers whether it was there to hear it. */
  send(owner: string, text: string): Promise<boolean>;
  /** Hears what others send to an owner, from when the promise resolves until the function it resolves to is called. */
  hear(owner: string, heard: (text: string) => void): Promise<() => void>;
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
  readonly rooms: RoomStore;
  readonly documents: DocumentStore;
  readonly calls: CallStore;
  /** Absent where there are no other processes: then nobody else works on anything. */
  readonly leases?: LeaseStore;
  readonly limits: LimitStore;
  /** Absent where there are no other processes: then this one knows who is connected. */
  readonly connections?: ConnectionStore;
  /** Absent where there are no other processes: then this one knows who is in which room. */
  readonly presence?: PresenceStore;
  /** What the Socket.IO servers of several processes reach each other through; absent where there is one. */
  readonly adapter?: ServerOptions['adapter'];
  /**
   * How many writes this process has had taken, or may have; absent where none is ever refused. Work that is refused a
   * write while this number stands still has written nothing.
   */
  readonly writes?: number;
  /** Whether the store can be reached now. */
  ready(): Promise<boolean>;
  /** Why nothing can be saved though the store is there, and what to do about it, in one sentence for people. */
  readonly degradedReason?: string | undefined;
  close(): Promise<void>;
}

/** The injection token of the store in use. */
export const STORE = Symbol('switchyard.store');
