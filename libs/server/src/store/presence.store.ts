import type { Presence } from '@switchyard/contract';

/** A person in a room. */
export interface Person {
  /** Opaque: the same on every wire and in every process, and different in each room. */
  id: string;
  /** The name that the other members see. */
  user: string;
}

/**
 * Who is in which room, over all processes: each process enters the people whom it serves.
 *
 * Whoever follows a room hears `presence_changed` when the first process enters a person and when the last one takes
 * them out; `known` then names who is there. Answers name at most `MAX_NAMED` people, in the order they came, and cost
 * the same however many there are. Each method throws Fault `store.unavailable`.
 */
export interface PresenceStore {
  /** Puts a person into a room, or finds them there, and answers who is there. */
  enter(node: string, room: string, person: Person): Promise<Presence>;
  /** Who is in a room, named from the person at `from` on, the first being at 0. */
  here(room: string, from?: number): Promise<Presence>;
  /** Who is in a room; undefined when the store may have lost the people of this process, and of others. */
  known(node: string, room: string): Promise<Presence | undefined>;
  /** Takes a person out of a room, as far as this process is concerned. */
  leave(node: string, room: string, person: Person): Promise<void>;
  /** The processes that have people in rooms and have been silent for `silent_ms`. */
  dead(silent_ms: number): Promise<string[]>;
  /** Takes out all people of a process, if it has been silent for `silent_ms`. */
  sweep(node: string, silent_ms: number): Promise<void>;
}
