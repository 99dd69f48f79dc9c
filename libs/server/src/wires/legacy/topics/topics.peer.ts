import type { ErrorBody, LegacyFrame, RequestId, TextFields, TopicContext, TopicSocket } from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { Caller } from '../../../caller/caller.js';
import { userOf } from '../../../websocket/arrival.js';
import { WebSocketConnection } from '../../../websocket/websocket.connection.js';
import type { Backlog } from '../../backlog.js';
import { TopicTurns } from './topic.turns.js';

/** The service of a topic. */
interface SubscribedService {
  leave(peer: TopicsPeer, key: string): Promise<void>;
}

/** A topic that a connection has subscribed to, or is about to. */
export interface Subscription {
  readonly service: SubscribedService;
  readonly key: string;
}

/** An old WebSocket that is in rooms of several services, those whose topics its client has subscribed to. */
export class TopicsPeer extends WebSocketConnection {
  /** By topic, in the form that its codec gives it. */
  readonly subscriptions = new Map<string, Subscription>();
  readonly turns = new TopicTurns();
  /** The size of the frames that wait for their turn, in bytes. */
  waiting = 0;
  /** The size of the events that wait for the answer to their subscription, in bytes. */
  held = 0;

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

  override get backlog(): Backlog {
    const { bytes, level } = super.backlog;
    return { bytes: bytes + this.held, level: level + this.held };
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

  complain(error: ErrorBody, topic?: string): boolean {
    const frame = this.errorFrame(error, topic);
    if (frame !== undefined) this.send(frame);
    return frame !== undefined;
  }

  /** The frame of an error; undefined when the old wire has none. */
  errorFrame(error: ErrorBody, topic?: string, request_id?: RequestId): LegacyFrame | undefined {
    return this.topics.encodeError(error, this.context(topic, request_id));
  }
}
