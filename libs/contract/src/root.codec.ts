import type { EventContext, LegacyMessage } from './legacy.codec.js';
import type { ContractEvent, ServiceTypes } from './service.types.js';

/** An event of the root namespace; its name may hold the key of the room it is about. */
export interface RootFrame {
  event: string;
  payload: unknown;
}

/**
 * A pure translation between a service and an old wire that was Socket.IO's root namespace, where one socket follows
 * many rooms. The laws are those of `LegacyCodec`; an event may need several frames, each of which says all of it.
 */
export interface RootCodec<T extends ServiceTypes> {
  /** The events by which a client asks for a room. */
  readonly joins: readonly string[];
  readonly leaves: readonly string[];
  /** The key that the payload of a join or leave names; undefined when it names none. */
  keyOf(payload: unknown): string | undefined;
  /** What a client gets that has just asked for a room. */
  encodeSnapshot(snapshot: T['snapshot'], context: EventContext): readonly RootFrame[];
  /** The frames of one event, none when the old wire has no word for it. */
  encodeEvent(event: ContractEvent<T>, context: EventContext): readonly RootFrame[];
  /** What a frame from the server says; undefined when this wire has no such frame. */
  decodeEvent(frame: RootFrame): LegacyMessage<T> | undefined;
  /** What of an event survives this wire. */
  project(event: ContractEvent<T>): ContractEvent<T> | undefined;
}
