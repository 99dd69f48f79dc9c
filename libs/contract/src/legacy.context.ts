import type { LegacyUser, TextFields } from './legacy.door.js';
import type { RequestId } from './request.id.js';
import type { ContractEvent, ServiceTypes } from './service.types.js';

/** The room and time that the frame of an event is encoded with. */
export interface EventContext {
  /** The room's key. */
  key: string;
  /** ISO 8601 with Z. */
  now: string;
  /** A random id of the connection; only for a codec that declares it in `perConnection`. */
  session_id?: string;
}

/** The context of a frame for one connection. */
export interface LegacyContext extends EventContext {
  /** A random id of the connection. */
  session_id: string;
  /** The id under which the client returns; only for a codec with `session`, of which the server always gives it. */
  client_id?: string;
  /** The id of the request that the frame answers; only for a codec with `requestId`, and a request with an id. */
  request_id?: RequestId;
  /** The query of the connection, percent-decoded and without its token; the server always gives it. */
  query?: TextFields;
  /** The user of the connection; undefined for an anonymous client. */
  user?: LegacyUser;
}

/** A field of the context that differs between connections. */
export type ConnectionField = 'session_id';

/** The meaning of an old frame: an event, the snapshot, or only that the server is alive. */
export type LegacyMessage<T extends ServiceTypes> =
  | ({ kind: 'event' } & ContractEvent<T>)
  | { kind: 'snapshot'; payload: T['snapshot'] }
  | { kind: 'alive'; at?: string };
