import type { ErrorBody } from './fault.js';
import type { ConnectionField, EventContext, LegacyContext } from './legacy.context.js';
import type { LegacyDoor } from './legacy.door.js';
import type { LegacyFrame, SentFrame } from './legacy.frame.js';
import type { RequestId } from './request.id.js';
import type { Reply } from './reply.js';
import type { ContractCall, ContractEvent, ServiceTypes } from './service.types.js';

/** The context of a frame on a socket whose client subscribes to topics. */
export interface TopicContext extends Omit<LegacyContext, 'key'> {
  /** The topic that the frame is about, as the client wrote it; undefined for a frame about none. */
  topic?: string;
}

/** The context of an event's frame; `topic` is the one that `topicOf` returns. */
export interface TopicEventContext extends EventContext {
  topic: string;
}

/** The context of the frame of a snapshot, a call or its answer. */
export interface TopicRoomContext extends TopicEventContext {
  session_id: string;
  request_id?: RequestId;
}

/** The request in a frame from an old client. */
export type TopicRequest =
  | { kind: 'subscribe' | 'unsubscribe'; topics: readonly string[] }
  /** A call in the room of a topic, which need not be subscribed; the codec of the topic's service reads it. */
  | { kind: 'call'; topic: string; frame: LegacyFrame }
  | { kind: 'answer'; frame: LegacyFrame };

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
  /** @throws Fault `input.invalid` for a frame that this socket does not know */
  decode(frame: LegacyFrame, context: TopicContext): TopicRequest;
  /** The frame that confirms a subscription, before the snapshot; undefined when the old wire was silent. */
  encodeSubscribed?(topic: string, state: { isRepeated: boolean }, context: TopicContext): LegacyFrame | undefined;
  /** The frame that confirms the end of one, also of a topic that was not subscribed. */
  encodeUnsubscribed?(topic: string, state: { wasSubscribed: boolean }, context: TopicContext): LegacyFrame | undefined;
  /** The frame for a refused frame or topic; undefined when the old wire was silent. */
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
  /** The frames that a client gets when it subscribes; none when undefined. */
  encodeSnapshot?(snapshot: T['snapshot'], context: TopicRoomContext): readonly SentFrame[];
  /** The call in the frame of a request of kind `call`; undefined when it is none. */
  decodeCall?(frame: LegacyFrame, context: TopicRoomContext): ContractCall<T> | undefined;
  /** The answer to a call, sent to its caller only; without it, a client learns only of refusals. */
  encodeReply?(call: ContractCall<T>, reply: Reply, context: TopicRoomContext): LegacyFrame | undefined;
}
