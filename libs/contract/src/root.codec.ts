import type { EventContext, LegacyMessage } from './legacy.context.js';
import type { ContractEvent, ServiceTypes } from './service.types.js';

/** An event of the root namespace; its name may contain the room's key. */
export interface RootFrame {
  event: string;
  payload: unknown;
}

/**
 * A pure translation for an old wire on Socket.IO's root namespace, where one socket joins many rooms. It keeps the laws
 * of `LegacyCodec`; when an event has several frames, each contains the whole event.
 */
export interface RootCodec<T extends ServiceTypes> {
  /** The events with which a client joins a room. */
  readonly joins: readonly string[];
  readonly leaves: readonly string[];
  /** The room key in the payload of a join or leave; undefined when it has none. */
  keyOf(payload: unknown): string | undefined;
  /** The frames that a client gets when it joins a room. */
  encodeSnapshot(snapshot: T['snapshot'], context: EventContext): readonly RootFrame[];
  /** The frames of an event, empty when the old wire has none for it. */
  encodeEvent(event: ContractEvent<T>, context: EventContext): readonly RootFrame[];
  /** The meaning of a frame from the server; undefined when this wire has no such frame. */
  decodeEvent(frame: RootFrame): LegacyMessage<T> | undefined;
  /** The part of an event that this wire can carry. */
  project(event: ContractEvent<T>): ContractEvent<T> | undefined;
}
