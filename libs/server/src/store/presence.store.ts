import type { Presence } from '@switchyard/contract';

/** Somebody in a room, as the store and the other members may know them. */
export interface Person {
  /** Opaque, and the same on every wire and in every process; another in each room. */
  id: string;
  /** What the other members are told. */
  user: string;
}

/**
 * Who is in which room, over all processes, each of which says so for the people it serves.
 *
 * Whoever follows a room is told `presence_changed` when somebody is there whom no process had there before, and when
 * none has them any more; who that is, `known` says. Answers name at most `MAX_NAMED` people, in the order they came,
 * and cost the same however many there are. Each method throws Fault `store.unavailable`.
 */
export interface PresenceStore {
  /** Says that a process is there, for `ttl_ms` from now; false when the store may have lost whom it has. */
  live(node: string, ttl_ms: number): Promise<boolean>;
  /** Puts a person into a room, or finds them there, and says who is. */
  enter(node: string, room: string, person: Person): Promise<Presence>;
  /** Who is in a room, named from the person at `from` on, the first being at 0. */
  here(room: string, from?: number): Promise<Presence>;
  /** Who is in a room; undefined when the store may have lost whom this process has, and others. */
  known(node: string, room: string): Promise<Presence | undefined>;
  /** Takes a person out of a room, as far as this process is concerned. */
  leave(node: string, room: string, person: Person): Promise<void>;
  /** The processes that have people in rooms and are not there any more. */
  dead(): Promise<string[]>;
  /** Takes everybody out whom a process had, if it is dead. */
  sweep(node: string): Promise<void>;
}
