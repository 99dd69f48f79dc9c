import type { TopicSocket } from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { Caller } from '../../../caller/caller.js';
import type { Arrival } from '../../../websocket/arrival.js';
import { WebSocketAcceptor } from '../../../websocket/websocket.acceptor.js';
import type { WireDependencies } from '../../wire.dependencies.js';
import { TopicErrors } from './topic.errors.js';
import { TopicRequests } from './topic.requests.js';
import { TOPICS, type TopicService } from './topic.service.js';
import { TopicSubscriptions } from './topic.subscriptions.js';
import { TopicsPeer } from './topics.peer.js';

/** One old socket on which clients subscribe to topics of several services, each of which has its own stage. */
export class TopicsEndpoint extends WebSocketAcceptor<TopicsPeer> {
  private readonly services: TopicService[] = [];
  private readonly errors: TopicErrors;
  private readonly subscriptions: TopicSubscriptions;
  private readonly requests: TopicRequests;

  constructor(
    private readonly socket: TopicSocket,
    wires: WireDependencies,
  ) {
    super(wires, TOPICS, socket.path, socket);
    this.errors = new TopicErrors(socket.path, this.logger);
    this.subscriptions = new TopicSubscriptions(socket, this.services, this.errors);
    this.requests = new TopicRequests(socket, this.services, this.subscriptions, this.errors);
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
    const greet = () => (this.socket.greet ? [this.socket.greet(peer.context())] : []);
    for (const frame of this.errors.attempt(peer, undefined, greet)) peer.send(frame);
  }

  protected closed(peer: TopicsPeer, isLost: boolean): void {
    for (const service of this.services) service.closed(peer, isLost);
    this.subscriptions.closed(peer);
  }

  protected receive(peer: TopicsPeer, data: Buffer): void {
    this.requests.receive(peer, data);
  }
}
