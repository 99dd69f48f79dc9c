import type { Position } from '@switchyard/contract';
import type { CallRecord } from './call.store.js';
import type { StoredEntry } from './entry.js';
import type { LeaseStore } from './lease.store.js';
import type { ConnectionStore } from './limit.store.js';
import type { PresenceStore } from './presence.store.js';

/** When the store last heard of each process, by the store's own clock. Each method throws Fault `store.unavailable`. */
export interface NodeStore {
  /** Records that a process is alive; false when the store may have lost what that process said before. */
  beat(node: string): Promise<boolean>;
  /** Records that a process takes on no more work: others may seize its leases at once. */
  leave(node: string): Promise<void>;
}

/** This process as a member of the cluster. */
export interface ClusterNode {
  readonly id: string;
  /** When the last heartbeat that the store took was sent, in monotonic ms; -Infinity before the first. */
  readonly beatAt: number;
  /** Sends a heartbeat now, beside the regular ones. @throws Fault `store.unavailable` */
  beat(): Promise<void>;
  /** Sends heartbeats at least this often from now on. */
  beatEvery(ms: number): void;
  /** Calls `beaten` after each heartbeat, with false when the store may have lost what this process said before. */
  onBeat(beaten: (isRemembered: boolean) => void): void;
  /** Lets others seize the leases of this process at once. */
  leave(): Promise<void>;
}

/** Receives for a room what other processes do. */
export interface RoomFollower {
  /** Another process appended an entry; it may come late, twice or out of order. */
  appended(entry: StoredEntry): void;
  /** Another process sent an event without a position; `payload` is JSON text. */
  volatilePublished(event: string, payload: string): void;
  /** Something may have been missed: the room has to compare itself with the head of its log. */
  check(): void;
}

/** The position at which a client resumes whose own position is not valid. */
export interface Resumption extends Position {
  /**
   * What lies between the two positions: `nothing` when the log was emptied right after the client's, `events` when some
   * are missing or were taken back, `unknown` when the room has no log any more.
   */
  between: 'nothing' | 'events' | 'unknown';
}

/** Connects the processes that serve the same rooms. */
export interface ClusterRooms {
  /** Calls the follower when other processes append, from when the promise resolves until the returned function is called. */
  follow(room: string, follower: RoomFollower): Promise<() => void>;
  /** Sends an event without a position to the followers in other processes. */
  publishVolatile(room: string, event: string, payload: string): Promise<void>;
  /** The last position that the log shares with a client at `position`, which is not valid; or else the log's base. */
  resume(room: string, position: Position): Promise<Resumption>;
}

/** Texts that processes send to each other. Each method throws Fault `store.unavailable`. */
export interface MessageBus {
  /** Sends a text to everybody who listens at an address, this process included; returns how many do. */
  send(address: string, text: string): Promise<number>;
  /** Calls `heard` with each text sent to an address, from when the promise resolves until the returned function is called. */
  listen(address: string, heard: (text: string) => void): Promise<() => void>;
}

/** The part of a shared store through which its processes work together. */
export interface Cluster {
  readonly node: ClusterNode;
  readonly nodes: NodeStore;
  readonly rooms: ClusterRooms;
  readonly messages: MessageBus;
  readonly leases: LeaseStore;
  readonly connections: ConnectionStore;
  readonly presence: PresenceStore;
  /**
   * Calls `changed` when another process has written to the collection (not with an append), or may have, until the
   * returned function is called.
   */
  watch(collection: string, changed: () => void): Promise<() => void>;
  /**
   * Waits for the end of a call that another process runs: its record when it is done, the pending one when its process
   * is dead, undefined when it was abandoned.
   */
  outcome(callKey: string): Promise<CallRecord | undefined>;
}
