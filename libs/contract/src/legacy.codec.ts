import type { ErrorBody } from './fault.js';
import type { ContractCall, ContractEvent, ServiceTypes } from './service.types.js';

/** A frame of an old wire: a JSON object, or a bare text such as `ping`. */
export type LegacyFrame = string | { readonly [field: string]: unknown };

/** What the frame of an event may need to know. */
export interface EventContext {
  /** The room's key. */
  key: string;
  /** ISO 8601 with Z. */
  now: string;
  /** A random id of the connection; only for a codec that declares it in `perConnection`. */
  session_id?: string;
}

/** What a frame for one connection may need to know. */
export interface LegacyContext extends EventContext {
  /** A random id of the connection. */
  session_id: string;
}

/** A field of the context that differs between connections. */
export type ConnectionField = 'session_id';

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
  /** The fields of the context that `encodeEvent` uses and that differ between connections; none when undefined. */
  readonly perConnection?: readonly ConnectionField[];
  /**
   * The frame of one event; undefined when the old wire has no word for it. It is called once for all connections, so the
   * fields in `perConnection` must stand in the frame as they are.
   */
  encodeEvent(event: ContractEvent<T>, context: EventContext): LegacyFrame | undefined;
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
