import {
  Fault,
  RemoteFault,
  type LegacyFrame,
  type RequestId,
  type TopicRequest,
  type TopicSocket,
} from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { Caller } from '../../../caller/caller.js';
import type { Arrival } from '../../../websocket/arrival.js';
import { readFrame } from '../../../websocket/frame.reader.js';
import { checkRequestId } from '../../../websocket/request.id.js';
import { WebSocketAcceptor } from '../../../websocket/websocket.acceptor.js';
import type { WireDependencies } from '../../wire.dependencies.js';
import './topic.faults.js';
import { TOPICS, type TopicService } from './topic.service.js';
import { TopicsPeer, type Subscription } from './topics.peer.js';

const DEFAULT_MAX_TOPICS = 100;
/** The longest topic, in characters. */
const MAX_TOPIC = 256;
/** How many joins and leaves of one connection may wait, for each topic that it may have. */
const PENDING_PER_TOPIC = 2;

/** One old socket on which clients subscribe to topics of several services, each of which has its own stage. */
export class TopicsEndpoint extends WebSocketAcceptor<TopicsPeer> {
  private readonly services: TopicService[] = [];
  private readonly maxTopics: number;

  constructor(
    private readonly socket: TopicSocket,
    wires: WireDependencies,
  ) {
    super(wires, TOPICS, socket.path, socket);
    this.maxTopics = socket.maxTopics ?? DEFAULT_MAX_TOPICS;
  }

  add(service: TopicService): void {
    this.services.push(service);
  }

  protected get maxFrame(): number {
    const sizes = this.services.map(({ service }) => this.wires.sizes.frameOf(service.contract.name));
    return sizes.includes(0) ? 0 : Math.max(...sizes);
  }

  /** @throws Fault `service.retired` when all services are retired */
  protected checkStage(): void {
    let refusal: unknown;
    for (const { service } of this.services) {
      try {
        return this.wires.stages.oldWire(service.contract);
      } catch (thrown) {
        refusal = thrown;
      }
    }
    throw refusal;
  }

  /** The path names no room: each topic does, and is checked then. */
  protected admit(): Promise<string> {
    return Promise.resolve('');
  }

  protected connect(
    ws: WebSocket,
    caller: Caller,
    _query: URLSearchParams,
    _key: string,
    arrival: Arrival,
  ): TopicsPeer {
    return new TopicsPeer(ws, this.socket, caller, arrival.address.query);
  }

  protected opened(peer: TopicsPeer): void {
    this.attempt(peer, () => {
      if (this.socket.greet) peer.send(this.socket.greet(peer.context()));
    });
  }

  protected closed(peer: TopicsPeer, isLost: boolean): void {
    for (const service of this.services) service.closed(peer, isLost);
    for (const { service, key } of peer.subscriptions.values()) void service.leave(peer, key);
    peer.subscriptions.clear();
  }

  protected receive(peer: TopicsPeer, data: Buffer): void {
    let request_id: RequestId | undefined;
    this.attempt(
      peer,
      () => {
        const frame = readFrame(data);
        if (frame === undefined) throw new Fault('input.invalid', { expected: 'a frame of this wire' });
        request_id = checkRequestId(this.socket.requestId?.(frame));
        this.take(peer, this.socket.decode(frame, peer.context(undefined, request_id)), data.length, request_id);
      },
      () => request_id,
    );
  }

  private take(peer: TopicsPeer, request: TopicRequest, bytes: number, request_id: RequestId | undefined): void {
    if (request.kind === 'answer') return peer.send(request.frame);
    if (request.kind === 'call') return void this.call(peer, request, bytes, request_id);
    const { kind, topics } = request;
    if (topics.length > this.maxTopics) throw new Fault('topic.limit', { limit: this.maxTopics });
    for (const topic of topics) {
      try {
        if (kind === 'subscribe') this.subscribe(peer, topic, request_id);
        else this.unsubscribe(peer, topic, request_id);
      } catch (thrown) {
        this.refuse(peer, thrown, typeof topic === 'string' ? topic.slice(0, MAX_TOPIC) : undefined, request_id);
      }
    }
  }

  private subscribe(peer: TopicsPeer, asked: string, request_id: RequestId | undefined): void {
    const { service, key, topic } = this.find(asked);
    const confirm = (isRepeated: boolean) =>
      this.attempt(peer, () => {
        peer.sendSome(this.socket.encodeSubscribed?.(asked, { isRepeated }, peer.context(asked, request_id)));
      });
    const known = peer.subscriptions.get(topic);
    if (known)
      return void this.pend(
        peer,
        known.joining.then(() => confirm(true)),
      );
    if (peer.subscriptions.size >= this.maxTopics) throw new Fault('topic.limit', { limit: this.maxTopics });
    const subscription: Subscription = { service, key, joining: Promise.resolve() };
    peer.subscriptions.set(topic, subscription);
    const joined = service
      .join(peer, key, () => confirm(false))
      .catch((thrown: unknown) => {
        if (peer.subscriptions.get(topic) === subscription) peer.subscriptions.delete(topic);
        this.refuse(peer, thrown, asked, request_id);
        return service.leave(peer, key);
      });
    subscription.joining = joined;
    this.pend(peer, joined);
  }

  private unsubscribe(peer: TopicsPeer, asked: string, request_id: RequestId | undefined): void {
    const found = this.findSome(asked);
    const subscription = found && peer.subscriptions.get(found.topic);
    const confirm = (wasSubscribed: boolean) =>
      this.attempt(peer, () => {
        peer.sendSome(this.socket.encodeUnsubscribed?.(asked, { wasSubscribed }, peer.context(asked, request_id)));
      });
    if (!subscription) return confirm(false);
    peer.subscriptions.delete(found.topic);
    this.pend(
      peer,
      subscription.service.leave(peer, subscription.key).then(() => confirm(true)),
    );
  }

  private async call(
    peer: TopicsPeer,
    { topic, frame }: { topic: string; frame: LegacyFrame },
    bytes: number,
    request_id: RequestId | undefined,
  ): Promise<void> {
    try {
      const { service, key } = this.find(topic);
      peer.sendSome(await service.call(peer, { key, frame, bytes, ...(request_id !== undefined && { request_id }) }));
    } catch (thrown) {
      this.refuse(peer, thrown, typeof topic === 'string' ? topic.slice(0, MAX_TOPIC) : undefined, request_id);
    }
  }

  /** Bounds the joins and leaves of a connection that wait: a client may send faster than rooms answer. */
  private pend(peer: TopicsPeer, work: Promise<void>): void {
    peer.pending += 1;
    void work.finally(() => (peer.pending -= 1));
    if (peer.pending <= PENDING_PER_TOPIC * this.maxTopics) return;
    peer.close(1008, 'topic.limit');
  }

  /** The room of a topic. @throws Fault `topic.unknown` */
  private find(topic: string): { service: TopicService; key: string; topic: string } {
    const found = this.findSome(topic);
    if (!found) throw new Fault('topic.unknown');
    return found;
  }

  private findSome(topic: unknown): { service: TopicService; key: string; topic: string } | undefined {
    if (typeof topic !== 'string' || topic.length > MAX_TOPIC) return undefined;
    for (const service of this.services) {
      const key = service.codec.keyOf(topic);
      if (key !== undefined) return { service, key, topic: service.codec.topicOf(key) };
    }
    return undefined;
  }

  private attempt(peer: TopicsPeer, step: () => void, request_id: () => RequestId | undefined = () => undefined): void {
    try {
      step();
    } catch (thrown) {
      this.refuse(peer, thrown, undefined, request_id());
    }
  }

  private refuse(peer: TopicsPeer, thrown: unknown, topic?: string, request_id?: RequestId): void {
    const error = thrown instanceof RemoteFault ? thrown.body : Fault.from(thrown).toBody();
    if (error.code === 'call.failed') this.logger.error(`unable to serve ${this.socket.path}; ${String(thrown)}`);
    try {
      peer.complain(error, topic, request_id);
    } catch (failed) {
      this.logger.error(`unable to translate for ${this.socket.path}; ${String(failed)}`);
    }
  }
}
