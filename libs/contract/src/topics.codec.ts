import type { ErrorBody } from './fault.js';
import type { ConnectionField, EventContext, LegacyContext } from './legacy.context.js';
import type { LegacyDoor } from './legacy.door.js';
import type { LegacyFrame, SentFrame } from './legacy.frame.js';
import type { RequestId } from './request.id.js';
import type { Reply } from './reply.js';
import type { ContractCall, ContractEvent, ServiceTypes } from './service.types.js';

/** The context of a frame on a socket whose client subscribes to topics. */
export interface TopicContext extends Omit<LegacyContext, 'key'> {
  /** The topic that the frame is about, as the client wrote it; undefined for a frame about none or several. */
  topic?: string;
}

/** The context of an event's frame; `topic` is the one that `topicOf` returns. */
export interface TopicEventContext extends EventContext {
  topic: string;
}

/** The context of a snapshot; with a `request_id` when it answers a request. */
export interface TopicRoomContext extends TopicContext {
  key: string;
  topic: string;
}

/** The context of a call or its answer; `key` and `topic` are undefined for a call without a topic. */
export interface TopicCallContext extends TopicContext {
  key?: string;
}

/** The request in a frame from an old client. */
export type TopicRequest =
  /** Topics, as the client wrote them, that are joined or left together and answered together; what is no text names none. */
  | { kind: 'subscribe' | 'unsubscribe'; topics: readonly unknown[] }
  /**
   * A call in the room of a topic, which need not be subscribed, or a call without a topic, which goes to the first service
   * whose codec knows it.
   */
  | { kind: 'call'; frame: LegacyFrame; topic?: unknown }
  /** What this socket answers by itself; undefined for nothing. */
  | { kind: 'answer'; frame: LegacyFrame | undefined };

/** What has become of one topic of a request to subscribe. */
export interface SubscribedTopic {
  /** The topic as the client wrote it; empty when it was no text. */
  readonly topic: string;
  /** Whether the client had it already, or names it again in the same request. */
  readonly isRepeated: boolean;
  /** Why it is refused; undefined when it is subscribed. */
  readonly error?: ErrorBody;
  /** The frames of its snapshot, of this moment also when it is repeated, or of its error. */
  readonly frames: readonly SentFrame[];
}

/** What has become of one topic of a request to unsubscribe. */
export interface UnsubscribedTopic {
  /** The topic as the client wrote it; empty when it was no text. */
  readonly topic: string;
  readonly wasSubscribed: boolean;
}

/** The door and the frames of an old socket that belong to no service: what all services on it share. */
export interface TopicSocket extends LegacyDoor {
  /** The endpoint's path, without a room key; the socket is open to every service that declares a codec for it. */
  readonly path: string;
  /** The most topics of one connection (default 100). */
  readonly maxTopics?: number;
  readonly heartbeat?: { readonly every_ms: number; frame(context: TopicContext): LegacyFrame };
  /** The first frame that a client gets. */
  greet?(context: TopicContext): LegacyFrame;
  /** The id of the request in a client's frame, as in `LegacyRequests`. */
  requestId?(frame: LegacyFrame): RequestId | undefined;
  /** The most requests in one frame that is an array, answered by one array in their order; an array is refused when undefined or 0. */
  readonly maxBatch?: number;
  /** @throws Fault `input.invalid` for a frame that this socket does not know */
  decode(frame: LegacyFrame, context: TopicContext): TopicRequest;
  /**
   * The answer to a request to subscribe, with the frames of its topics in the order of the old wire; only these frames when
   * undefined. No event of the topics is sent before it.
   */
  encodeSubscribed?(topics: readonly SubscribedTopic[], context: TopicContext): readonly SentFrame[];
  /** The answer to a request to unsubscribe, after the last event of its topics; none when undefined. */
  encodeUnsubscribed?(topics: readonly UnsubscribedTopic[], context: TopicContext): readonly LegacyFrame[];
  /** The frame for a refused frame, call or topic; undefined when the old wire was silent. */
  encodeError(error: ErrorBody, context: TopicContext): LegacyFrame | undefined;
}

/** A pure translation between the topics of one service on an old socket and its rooms, events and calls. */
export interface TopicCodec<T extends ServiceTypes> {
  /** The socket; services that name the same object share it. */
  readonly socket: TopicSocket;
  /** The key of the room that a topic names; undefined for a topic of another service. */
  keyOf(topic: string): string | undefined;
  topicOf(key: string): string;
  /** The fields of the context that `encodeEvent` uses and that differ between connections, as in `LegacyCodec`. */
  readonly perConnection?: readonly ConnectionField[];
  /** The frame of an event, called once for all connections; undefined when the old wire has none for it. */
  encodeEvent(event: ContractEvent<T>, context: TopicEventContext): SentFrame | undefined;
  /** The frames of a room's state for a client that subscribes; none when undefined. */
  encodeSnapshot?(snapshot: T['snapshot'], context: TopicRoomContext): readonly SentFrame[];
  /** The call in the frame of a request of kind `call`; undefined when it is none of this service. */
  decodeCall?(frame: LegacyFrame, context: TopicCallContext): ContractCall<T> | undefined;
  /** The answer to a call, sent to its caller only; without it, a client learns only of refusals. */
  encodeReply?(call: ContractCall<T>, reply: Reply, context: TopicCallContext): LegacyFrame | undefined;
}
