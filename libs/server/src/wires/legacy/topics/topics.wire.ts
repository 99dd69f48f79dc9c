import { Injectable } from '@nestjs/common';
import type { ControlMessage, LegacyCodec, ServiceTypes, TopicCodec, TopicSocket } from '@switchyard/contract';
import type { UpgradeRequest } from '../../../http/upgrade.router.js';
import type { DeclaredWire } from '../../../service/declared.wire.js';
import type { ServiceRuntime } from '../../../service/service.runtime.js';
import { timerMs } from '../../../timer/long.timer.js';
import { COME_BACK, type WebSocketConnection } from '../../../websocket/websocket.connection.js';
import { WireDependencies } from '../../wire.dependencies.js';
import type { Wire } from '../../wire.js';
import { LegacyEndpoint } from '../legacy.endpoint.js';
import { TOPICS, TopicService } from './topic.service.js';
import { TopicsEndpoint } from './topics.endpoint.js';

/** The wire of old sockets on which clients subscribe to topics of several services. */
@Injectable()
class TopicsWire implements Wire {
  readonly name = TOPICS;
  private readonly sockets = new Map<TopicSocket, TopicsEndpoint>();
  /** For our client, which has a socket for each room on every old wire. */
  private readonly ours = new Map<string, LegacyEndpoint>();
  private watch: NodeJS.Timeout | undefined;

  constructor(private readonly wires: WireDependencies) {}

  serve(services: readonly ServiceRuntime[]): void {
    for (const service of services) {
      for (const codec of codecsOf(service)) this.add(service, codec);
    }
    const every_ms = timerMs(this.wires.options.pingIntervalMs);
    this.watch = setInterval(() => this.connections().forEach((peer) => peer.probe()), every_ms);
    this.watch.unref();
  }

  path(service: ServiceRuntime): string | undefined {
    const [codec] = codecsOf(service);
    return codec && `${codec.socket.path}?service=${service.contract.name}`;
  }

  connections(): WebSocketConnection[] {
    return [...this.sockets.values(), ...this.ours.values()].flatMap(({ peers }) => [...peers.values()]);
  }

  broadcast(message: ControlMessage): void {
    for (const peer of this.connections()) peer.control(message);
  }

  close(): void {
    clearInterval(this.watch);
    for (const endpoint of this.sockets.values()) endpoint.closePending(COME_BACK, 'service restart');
    for (const peer of this.connections()) peer.close(COME_BACK, 'service restart');
  }

  private add(service: ServiceRuntime, codec: TopicCodec<ServiceTypes>): void {
    const { socket } = codec;
    let endpoint = this.sockets.get(socket);
    if (!endpoint) {
      this.sockets.set(socket, (endpoint = new TopicsEndpoint(socket, this.wires)));
      this.wires.router.route(socket.path, (upgrade) => this.accept(socket, upgrade));
    }
    const topics = new TopicService(service, codec, this.wires);
    const ours = new LegacyEndpoint(service, { ...roomCodec(codec), keyOf: keyForOurs }, this.wires);
    endpoint.add(topics);
    this.ours.set(service.contract.name, ours);
    service.wires.add(topics);
    service.wires.add(ours);
  }

  private accept(socket: TopicSocket, upgrade: UpgradeRequest): Promise<void> {
    const { query } = upgrade;
    const ours = query.get('switchyard') === '1' ? this.ours.get(query.get('service') ?? '') : undefined;
    return (ours ?? this.sockets.get(socket)!).accept(upgrade);
  }
}

/** Our client names its room itself, so the path of the socket need not. */
const keyForOurs = () => undefined;

/**
 * Declares an old socket on which clients subscribe to topics of several services, each service with a codec of its own;
 * our client has a socket for each room there.
 */
export function topics<T extends ServiceTypes>(codec: TopicCodec<T>): DeclaredWire<T> {
  return { type: TopicsWire, codec, isForOurClient: true };
}

function codecsOf(service: ServiceRuntime): readonly TopicCodec<ServiceTypes>[] {
  return service.wires.codecsOf(TopicsWire) as readonly TopicCodec<ServiceTypes>[];
}

/** The codec for our client, which names the room in the query and takes events with the old frame beside them. */
function roomCodec(codec: TopicCodec<ServiceTypes>): LegacyCodec<ServiceTypes> {
  const { socket, perConnection } = codec;
  return {
    path: socket.path,
    ...(perConnection && { perConnection }),
    encodeEvent: (event, context) => codec.encodeEvent(event, { ...context, topic: codec.topicOf(context.key) }),
    decodeEvent: () => undefined,
    encodeSnapshot: () => [],
    encodeCall: () => undefined,
    decodeCall: () => undefined,
    unknownRoom: () => ({ frames: [] }),
    project: (event) => event,
  };
}
