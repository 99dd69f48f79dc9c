import type { ErrorBody } from './fault.js';
import type { LegacyFrame } from './legacy.frame.js';
import type { LegacyClose, LegacyReading } from './legacy.reading.js';
import type { RequestId } from './request.id.js';
import type { ContractCall, ServiceTypes } from './service.types.js';

/** Texts by name, such as the parameters of a path or of a query; of several with one name, the first. */
export type TextFields = Readonly<Partial<Record<string, string>>>;

/** A user as a codec sees it. */
export interface LegacyUser {
  readonly id: string;
  readonly name?: string;
}

/** What the address of a connection says: the parameters of its path and its query, both percent-decoded. */
export interface LegacyAddress {
  readonly params: TextFields;
  readonly query: TextFields;
}

/** The upgrade request of an old client. */
export interface LegacyRequest extends LegacyAddress {
  /** The headers, by name in lower case. */
  readonly headers: TextFields;
  /** The cookies, percent-decoded. */
  readonly cookies: TextFields;
  /** The subprotocols that the client offers, in its order. */
  readonly protocols: readonly string[];
}

/** What is known of a connection that is in no room. */
export interface ArrivalContext extends LegacyAddress {
  /** ISO 8601 with Z. */
  readonly now: string;
  /** Undefined for an anonymous client, and before it has authenticated. */
  readonly user?: LegacyUser;
  /** The id of the client's request that is answered; only for a codec with `requestId`, and a request with an id. */
  readonly request_id?: RequestId;
}

/** What the key of a connection's room is made of. */
export interface KeySource extends LegacyAddress {
  /** Undefined for an anonymous client. */
  readonly user?: LegacyUser;
  /** The frame with which the client has authenticated, on a wire that does this in a message. */
  readonly frame?: LegacyFrame;
}

/** How an old server refuses: it accepts the WebSocket, sends frames and closes. */
export interface LegacyRefusal {
  readonly frames: readonly LegacyFrame[];
  readonly close: LegacyClose;
}

/** An old wire on which a client authenticates in its first message; the same message renews its token later. */
export interface MessageAuthentication {
  /** The token in a frame that authenticates, without one for an anonymous client; undefined for any other frame. */
  credentialIn(frame: LegacyFrame): { readonly token?: string } | undefined;
  /** The frames that a client gets before it has authenticated; none when undefined. */
  greeting?(context: ArrivalContext): readonly LegacyFrame[];
  /** The answer to another frame before that, such as a text `ping`; a client is refused for a frame without an answer. */
  answer?(frame: LegacyFrame, context: ArrivalContext): LegacyFrame | undefined;
  /** The frames for an accepted token, before those of the room; none when undefined. */
  accepted?(context: ArrivalContext): readonly LegacyFrame[];
  /** The frames for an accepted new token of the same user; none when undefined. */
  renewed?(context: ArrivalContext): readonly LegacyFrame[];
  /**
   * The frames for a new token that is not accepted, and whose client goes on with the one that it has; when undefined, the
   * client is refused. For the token of another user, `error.details` has a `reason`.
   */
  renewalRefused?(error: ErrorBody, context: ArrivalContext): readonly LegacyFrame[] | undefined;
  /** How long a client may take, in ms; 10 s when undefined. */
  readonly within_ms?: number;
  /** How many frames a client may send until it is accepted; 16 when undefined. */
  readonly max_frames?: number;
  /** How many bytes a client may send until it is accepted; 16 KB when undefined. */
  readonly max_bytes?: number;
}

/** The compression of an old endpoint (permessage-deflate), with the names of the package `ws`. */
export interface LegacyCompression {
  /** Frames from this size on are compressed, in bytes; 1024 when undefined. */
  readonly threshold?: number;
  readonly serverNoContextTakeover?: boolean;
  readonly clientNoContextTakeover?: boolean;
  readonly serverMaxWindowBits?: number;
  readonly clientMaxWindowBits?: number;
  /** The level of zlib, 0 to 9. */
  readonly level?: number;
}

/** How clients get in on an old WebSocket, and how they are refused; each part as the old endpoint had it. */
export interface LegacyDoor extends LegacyReading {
  /**
   * The token in an upgrade request, wherever the old endpoint takes it from; when undefined as a whole, from
   * `Authorization: Bearer` or `?token=`. Cookies reach `authenticate` in any case.
   */
  tokenIn?(request: LegacyRequest): string | undefined;
  /** For an old wire on which a client authenticates in a message, unless its upgrade request has a token already. */
  readonly authentication?: MessageAuthentication;
  /** How a client is refused for this error, before or after it was accepted; undefined for an HTTP status, or a bare close. */
  refuse?(error: ErrorBody, context: ArrivalContext): LegacyRefusal | undefined;
  /**
   * The subprotocols in the server's order, of which the first that the client offers is chosen; or a function that chooses.
   * When undefined, the first that the client offers is chosen.
   */
  readonly protocols?: readonly string[] | ((offered: readonly string[]) => string | undefined);
  /** The compression of the old endpoint; frames are not compressed when undefined. */
  readonly compression?: LegacyCompression;
}

/** What our client, or a bridge, opens an old endpoint with, as an old client would. */
export interface LegacyOpening {
  /** The path's parameters; those that have no place in the path go into the query. */
  readonly params?: TextFields;
  readonly protocols?: readonly string[];
  /** The frames that are sent first. */
  readonly frames?: readonly LegacyFrame[];
}

/** A client that an old server greets with its id. */
export interface SessionContext extends ArrivalContext {
  /** The key of its room, which is the client's id where the codec has no `idOf`. */
  readonly key: string;
  readonly client_id: string;
  /** Whether the client came without an id, so that this one is new. */
  readonly isNew: boolean;
}

/** An old wire on which the server gives each client an id, and the client brings it when it returns. */
export interface LegacySession {
  /**
   * The id that a client brings, where it is not the key of its room; a client without one gets a random UUID. An id is of
   * the user who brings it, and counts in each room by itself.
   */
  idOf?(source: KeySource): string | undefined;
  /** The frames that tell a client its id, before those of the room; none when undefined. */
  greeting?(context: SessionContext): readonly LegacyFrame[];
  /** How the older WebSocket of a client that has returned is closed; it stays open when undefined. */
  readonly replaced?: LegacyClose;
}

/** How the room of a connection is found on an old wire that has a connection for each room. */
export interface LegacyRooms<T extends ServiceTypes> {
  /**
   * The key of the room that a connection is for; needed when the path's one parameter is not that key. A client without
   * a key is refused, unless the codec has `newRoom`, or `session` without `idOf`.
   */
  keyOf?(source: KeySource): string | undefined;
  /**
   * The call that makes a room for a client without a key, and whose reply has the key. When undefined and the wire has
   * sessions without `idOf`, the key is random, 32 hexadecimal digits, and the service must know every key.
   */
  newRoom?(source: KeySource): ContractCall<T>;
  /** For an old wire whose server gives each client an id: the key of its room, or another with `idOf`. */
  readonly session?: LegacySession;
}
