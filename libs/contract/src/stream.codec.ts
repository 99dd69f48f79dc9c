import type { ErrorBody } from './fault.js';
import type { EventContext } from './legacy.context.js';
import type { KeySource, LegacyDoor, LegacyUser, TextFields } from './legacy.door.js';
import type { Position } from './position.js';
import type { ContractEvent, ServiceTypes } from './service.types.js';

/** One event of an old `text/event-stream`; `data` is sent as JSON unless it is a text. */
export interface StreamFrame {
  /** The event's name; `message` when undefined. */
  event?: string;
  data: unknown;
}

/** The context of an event for one connection. */
export interface StreamContext extends EventContext {
  /** The query of the request, percent-decoded and without its token. */
  query: TextFields;
  /** The user of the connection; undefined for an anonymous client. */
  user?: LegacyUser;
}

/** A pure translation from a contract's events to an old path of Server-Sent Events, whose clients are `EventSource`s. */
export interface StreamCodec<T extends ServiceTypes> extends Pick<LegacyDoor, 'tokenIn'> {
  /** The path; without `keyOf`, the room key is its parameter: `/api/jobs/:job_id/events`. */
  readonly path: string;
  /** The key of the room that a request is for; a client without a key is refused. */
  keyOf?(source: Omit<KeySource, 'frame'>): string | undefined;
  /** The wait that a client is told for a reconnect, in ms; a random one from 500 to 1500 when undefined. */
  readonly retry_ms?: number;
  /** The event sent every `every_ms` milliseconds; without it, a comment is sent when nothing else was. */
  readonly heartbeat?: { readonly every_ms: number; frame(context: StreamContext): StreamFrame };
  /** The id of an event or snapshot, from which `decodeId` finds its position; `{epoch}:{offset}` when undefined. */
  encodeId?(position: Position): string;
  /** The position in a client's `Last-Event-ID`; undefined for an id of before the move, whose client gets a snapshot. */
  decodeId?(id: string): Position | undefined;
  /** The events that a client gets when it connects without a known id. */
  encodeSnapshot(snapshot: T['snapshot'], context: StreamContext): readonly StreamFrame[];
  /** The event of the old stream, encoded once for all connections; undefined when it has none. */
  encodeEvent(event: ContractEvent<T>, context: EventContext): StreamFrame | undefined;
  /** The event that tells of an error before the stream ends, such as an expired credential. */
  encodeError?(error: ErrorBody, context: StreamContext): StreamFrame;
  /** The status of a retired service (default 410); an `EventSource` comes back after neither. */
  readonly retiredStatus?: 204 | 410;
}
