import type { RequestId, SubscribedTopic, TopicSocket } from '@switchyard/contract';
import type { TopicAnswer } from './topic.answer.js';
import type { TopicErrors } from './topic.errors.js';
import { topicFault } from './topic.faults.js';
import type { TopicService } from './topic.service.js';
import type { Subscription, TopicsPeer } from './topics.peer.js';

const DEFAULT_MAX_TOPICS = 100;
/** The longest topic, in characters. */
const MAX_TOPIC = 256;
/** How many topics one request may name, for each that a connection may have: one error for each is more than that. */
const NAMED_PER_TOPIC = 10;

/** The room of a topic. */
export interface TopicRoom {
  readonly service: TopicService;
  readonly key: string;
  /** In the form that its codec gives it. */
  readonly topic: string;
}

/** The topics of the connections of one socket, in rooms of all its services. */
export class TopicSubscriptions {
  private readonly maxTopics: number;

  constructor(
    private readonly socket: TopicSocket,
    private readonly services: readonly TopicService[],
    private readonly errors: TopicErrors,
  ) {
    this.maxTopics = socket.maxTopics ?? DEFAULT_MAX_TOPICS;
  }

  /** Joins the rooms of topics; their events wait until the answer is sent. @throws Fault `topic.limit` */
  async subscribe(
    peer: TopicsPeer,
    topics: readonly unknown[],
    request_id: RequestId | undefined,
  ): Promise<TopicAnswer> {
    this.checkCount(topics);
    const joins = new Map<string, ReturnType<TopicService['join']>>();
    const rooms: TopicRoom[] = [];
    const outcome = async (asked: unknown): Promise<SubscribedTopic> => {
      const topic = shown(asked);
      let isRepeated = false;
      try {
        const room = this.find(asked);
        const named = joins.get(room.topic);
        isRepeated = named !== undefined || peer.subscriptions.has(room.topic);
        if (!named) rooms.push(room);
        const join = named ?? this.join(peer, room, request_id);
        joins.set(room.topic, join);
        return { topic, isRepeated, frames: await join };
      } catch (thrown) {
        const error = this.errors.bodyOf(thrown);
        return { topic, isRepeated, error, frames: this.errors.framesOf(peer, error, topic || undefined, request_id) };
      }
    };
    const outcomes = await Promise.all(topics.map(outcome));
    return {
      frames: this.errors.attempt(peer, request_id, () =>
        this.socket.encodeSubscribed
          ? this.socket.encodeSubscribed(outcomes, peer.context(undefined, request_id))
          : outcomes.flatMap(({ frames }) => frames),
      ),
      sent: () => rooms.forEach(({ service, key }) => service.release(peer, key)),
    };
  }

  /** Leaves the rooms of topics. @throws Fault `topic.limit` */
  async unsubscribe(
    peer: TopicsPeer,
    topics: readonly unknown[],
    request_id: RequestId | undefined,
  ): Promise<TopicAnswer> {
    this.checkCount(topics);
    const leaves: Promise<void>[] = [];
    const outcomes = topics.map((asked) => {
      const { topic = '' } = this.findSome(asked) ?? {};
      const subscription = peer.subscriptions.get(topic);
      peer.subscriptions.delete(topic);
      if (subscription) leaves.push(subscription.service.leave(peer, subscription.key));
      return { topic: shown(asked), wasSubscribed: subscription !== undefined };
    });
    await Promise.all(leaves);
    const context = peer.context(undefined, request_id);
    return { frames: this.socket.encodeUnsubscribed?.(outcomes, context) ?? [] };
  }

  /** Takes a connection that has closed out of its rooms. */
  closed(peer: TopicsPeer): void {
    for (const { service, key } of peer.subscriptions.values()) void service.leave(peer, key);
    peer.subscriptions.clear();
  }

  /** The room of a topic. @throws Fault `topic.unknown` */
  find(topic: unknown): TopicRoom {
    const found = this.findSome(topic);
    if (!found) throw topicFault('topic.unknown');
    return found;
  }

  /** Joins the room of a topic, also of one that the connection has, for its snapshot. @throws Fault */
  private async join(peer: TopicsPeer, { service, key, topic }: TopicRoom, request_id: RequestId | undefined) {
    if (!peer.open) return [];
    const known = peer.subscriptions.get(topic);
    if (!known && peer.subscriptions.size >= this.maxTopics) {
      throw topicFault('topic.limit', { limit: this.maxTopics });
    }
    const subscription: Subscription = known ?? { service, key };
    peer.subscriptions.set(topic, subscription);
    try {
      return await service.join(peer, key, request_id);
    } catch (thrown) {
      // A topic that it had before stays.
      if (known) throw thrown;
      if (peer.subscriptions.get(topic) === subscription) peer.subscriptions.delete(topic);
      await service.leave(peer, key);
      throw thrown;
    }
  }

  private checkCount({ length }: readonly unknown[]): void {
    const limit = NAMED_PER_TOPIC * this.maxTopics;
    if (length > limit) throw topicFault('topic.limit', { limit });
  }

  private findSome(topic: unknown): TopicRoom | undefined {
    if (typeof topic !== 'string' || topic.length > MAX_TOPIC) return undefined;
    for (const service of this.services) {
      const key = service.codec.keyOf(topic);
      if (key !== undefined) return { service, key, topic: service.codec.topicOf(key) };
    }
    return undefined;
  }
}

/** A topic as an answer may repeat it: a codec passes on what the client wrote. */
export function shown(topic: unknown): string {
  return typeof topic === 'string' ? topic.slice(0, MAX_TOPIC) : '';
}
