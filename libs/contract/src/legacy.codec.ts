import type { ErrorBody } from './fault.js';
import type { ContractCall, ContractEvent, ServiceTypes } from './service.types.js';

/** A frame of an old wire: a JSON object, or a bare text such as `ping`. */
export type LegacyFrame = string | { readonly [field: string]: unknown };

/** What a frame may need to know about the connection it goes to. */
export interface LegacyContext {
  /** The room's key. */
  key: string;
  /** A random id of this connection. */
  session_id: string;
  /** ISO 8601 with Z. */
  now: string;
}

/** What an old frame says: an event, the snapshot, or only that the peer is alive. */
export type LegacyMessage<T extends ServiceTypes> =
  | ({ kind: 'event' } & ContractEvent<T>)
  | { kind: 'snapshot'; payload: T['snapshot'] }
  | { kind: 'alive'; at?: string };

/** The frames an old wire sends for an id nobody knows, and the close that follows where there is one. */
export interface UnknownRoom {
  frames: readonly LegacyFrame[];
  close?: { code: number; reason: string };
}

/**
 * A pure two-way translation between an old wire's frames and a contract's events and calls.
 *
 * For recorded frames `encode(decode(f)) = f`; for contract events `decode(encode(x)) = project(x)`.
 * Deleting the codec retires the wire.
 */
export interface LegacyCodec<T extends ServiceTypes> {
  /** The endpoint's path with the room key as its parameter: `/api/crawl-progress/:progress_id`. */
  readonly path: string;
  /** The frames of one event, none when the old wire has no word for it. */
  encodeEvent(event: ContractEvent<T>, context: LegacyContext): LegacyFrame | undefined;
  /** What a frame from the server says; undefined when this wire has no such frame. */
  decodeEvent(frame: LegacyFrame): LegacyMessage<T> | undefined;
  /** The frames an old client gets when it connects. */
  encodeSnapshot(snapshot: T['snapshot'], context: LegacyContext): readonly LegacyFrame[];
  /** The frame of a call; undefined when the old wire carries no such call. */
  encodeCall(call: ContractCall<T>): LegacyFrame | undefined;
  /** The call in a frame from an old client; undefined when it is none. */
  decodeCall(frame: LegacyFrame, context: LegacyContext): ContractCall<T> | undefined;
  /** The frame that tells an old client that its call was refused, where the old wire has one. */
  encodeError?(error: ErrorBody, context: LegacyContext): LegacyFrame;
  /** The answer to a frame that is about the connection itself, such as a text `ping`. */
  answer?(frame: LegacyFrame): LegacyFrame | undefined;
  /** The frame sent every `every_ms` milliseconds. */
  readonly heartbeat?: { readonly every_ms: number; frame(context: LegacyContext): LegacyFrame };
  /** The frame an old client gets whenever nothing was sent to it for `after_ms` milliseconds. */
  readonly idle?: { readonly after_ms: number; frame(snapshot: T['snapshot'], context: LegacyContext): LegacyFrame };
  unknownRoom(context: LegacyContext): UnknownRoom;
  /** What of an event survives this wire: the event less the fields the old wire never had. */
  project(event: ContractEvent<T>): ContractEvent<T> | undefined;
}
