import type { ErrorBody } from './fault.js';
import type { LegacyBinary } from './legacy.binary.js';
import type { ConnectionField, EventContext, LegacyContext } from './legacy.context.js';
import type { LegacyDoor, LegacyRooms } from './legacy.door.js';
import type { LegacyFrame, SentFrame } from './legacy.frame.js';
import type { LegacyRequests } from './legacy.requests.js';
import type { ContractCall, ContractEvent, ServiceTypes } from './service.types.js';
import type { UpstreamCodec } from './upstream.codec.js';

/** The frames that an old wire sends for an unknown room, and its close code if it closes then. */
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
export interface LegacyCodec<T extends ServiceTypes>
  extends UpstreamCodec<T>, LegacyDoor, LegacyRooms<T>, Partial<LegacyRequests<T> & LegacyBinary<T>> {
  /** The endpoint's path; without `keyOf`, the room key is its one parameter: `/api/crawl-progress/:progress_id`. */
  readonly path: string;
  /** The fields of the context that `encodeEvent` uses and that differ between connections; none when undefined. */
  readonly perConnection?: readonly ConnectionField[];
  /**
   * The frame of one event; undefined when the old wire has none for it. It is called once for all connections, so the
   * fields in `perConnection` must be copied into the frame unchanged.
   */
  encodeEvent(event: ContractEvent<T>, context: EventContext): SentFrame | undefined;
  /**
   * Whether an old client gets an event, such as all but the one that caused it; every client when undefined. It is called
   * for each connection. A client that asked for positions gets every event.
   */
  isFor?(event: ContractEvent<T>, context: LegacyContext): boolean;
  /** The frames that an old client gets when it connects. */
  encodeSnapshot(snapshot: T['snapshot'], context: LegacyContext): readonly SentFrame[];
  /** The call in a frame from an old client; undefined when the frame is no call. */
  decodeCall(frame: LegacyFrame, context: LegacyContext): ContractCall<T> | undefined;
  /** The frame for a refused frame or call, if the old wire has one. */
  encodeError?(error: ErrorBody, context: LegacyContext): LegacyFrame | undefined;
  /** The answer to a frame about the connection itself, such as a text `ping`. */
  answer?(frame: LegacyFrame): LegacyFrame | undefined;
  /** The frame sent every `every_ms` milliseconds. */
  readonly heartbeat?: { readonly every_ms: number; frame(context: LegacyContext): LegacyFrame };
  /** The frame sent when nothing else was sent for `after_ms` milliseconds. */
  readonly idle?: { readonly after_ms: number; frame(snapshot: T['snapshot'], context: LegacyContext): LegacyFrame };
  unknownRoom(context: LegacyContext): UnknownRoom;
  /** The part of an event that this wire can carry: the event without the fields that the old wire never had. */
  project(event: ContractEvent<T>): ContractEvent<T> | undefined;
  /**
   * What an event is recognised by when two wires are compared and this one has no positions, such as the id of a message
   * and its revision; undefined for an event that is not compared then.
   */
  identify?(event: ContractEvent<T>): string | undefined;
  /** The form in which an event of either wire is compared: numbers rounded, lists sorted, and the like. */
  normalise?(event: ContractEvent<T>): ContractEvent<T>;
  /** The fields that are not compared, by event, as paths in which `*` stands for any index or name: `items.*.seen_at`. */
  readonly ignore?: { readonly [event: string]: readonly string[] };
}
