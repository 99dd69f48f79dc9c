import type { Presence } from '@switchyard/contract';

/** How many people an answer names. */
export const MAX_NAMED = 100;

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
 * Whoever follows a room is told `member_joined` of a person whom no process had there before, and `member_left` once
 * none has any more; each change once, and to all processes in the same order. Each method throws Fault
 * `store.unavailable`.
 */
export interface PresenceStore {
  /** Says that a process is there, for `ttl_ms` from now; false when the store may have lost whom it has. */
  live(node: string, ttl_ms: number): Promise<boolean>;
  /**
   * Puts a person into a room, or finds them there, and says who is. `again`: this process had them there already, so
   * nobody is told, unless others took it for dead and have told that they had left.
   */
  enter(node: string, room: string, person: Person, again?: boolean): Promise<Presence>;
  /** Who is in a room. */
  here(room: string): Promise<Presence>;
  /** Takes a person out of a room, as far as this process is concerned. */
  leave(node: string, room: string, person: Person): Promise<void>;
  /** The processes that have people in rooms and are not there any more. */
  dead(): Promise<string[]>;
  /** Takes everybody out whom a process had, if it is dead. */
  sweep(node: string): Promise<void>;
}
