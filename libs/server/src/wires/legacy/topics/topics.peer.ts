import type { ErrorBody, LegacyFrame, RequestId, TextFields, TopicContext, TopicSocket } from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { Caller } from '../../../caller/caller.js';
import { userOf } from '../../../websocket/arrival.js';
import { WebSocketConnection } from '../../../websocket/websocket.connection.js';

/** The service of a topic. */
interface SubscribedService {
  leave(peer: TopicsPeer, key: string): Promise<void>;
}

/** A topic that a connection has subscribed to, or is about to. */
export interface Subscription {
  readonly service: SubscribedService;
  readonly key: string;
  /** Resolves once the join is over, whatever its outcome. */
  joining: Promise<void>;
}

/** An old WebSocket that is in rooms of several services, those whose topics its client has subscribed to. */
export class TopicsPeer extends WebSocketConnection {
  /** By topic, in the form that its codec gives it. */
  readonly subscriptions = new Map<string, Subscription>();
  /** How many joins and leaves are not over. */
  pending = 0;

  constructor(
    socket: WebSocket,
    private readonly topics: TopicSocket,
    caller: Caller,
    /** The query of the connection, without the token. */
    private readonly query: TextFields,
  ) {
    super(socket, caller);
    const { heartbeat } = topics;
    if (heartbeat) this.beat(heartbeat.every_ms, () => heartbeat.frame(this.context()));
  }

  /** The codec's context for a frame to this connection. */
  context(topic?: string, request_id?: RequestId): TopicContext {
    return {
      session_id: this.id,
      now: new Date().toISOString(),
      query: this.query,
      ...userOf(this.caller),
      ...(topic !== undefined && { topic }),
      ...(request_id !== undefined && { request_id }),
    };
  }

  complain(error: ErrorBody, topic?: string, request_id?: RequestId): boolean {
    return this.sendSome(this.topics.encodeError(error, this.context(topic, request_id)));
  }

  /** Sends a frame where the old wire has one; returns whether it has. */
  sendSome(frame: LegacyFrame | undefined): boolean {
    if (frame !== undefined) this.send(frame);
    return frame !== undefined;
  }
}
