import type { LegacyDoor, Position } from '@switchyard/contract';
import type { Delivery } from '../room/delivery.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import type { ServiceWire } from '../service/service.wire.js';
import type { WireDependencies } from '../wires/wire.dependencies.js';
import { WebSocketAcceptor } from './websocket.acceptor.js';
import type { WebSocketConnection } from './websocket.connection.js';

/** One old WebSocket endpoint of one service. */
export abstract class WebSocketEndpoint<P extends WebSocketConnection>
  extends WebSocketAcceptor<P>
  implements ServiceWire
{
  constructor(
    protected readonly service: ServiceRuntime,
    wires: WireDependencies,
    name: string,
    path: string,
    codec: LegacyDoor = {},
  ) {
    super(wires, name, path, codec);
  }

  connections(): Iterable<P> {
    return this.peers.values();
  }

  abstract deliver(room: string, delivery: Delivery): number;
  abstract send(memberId: string, room: string, delivery: Delivery): boolean;
  abstract missesHoles(memberId: string, room: string): boolean;
  abstract restart(memberId: string, room: string, snapshot: object | undefined, position: Position): void;
  abstract drop(memberId: string, room: string): void;

  /** Called once a connection is counted; sends its first frames. */
  protected abstract begin(peer: P, query: URLSearchParams): void;
  /** Called once a connection has closed, to take it out of its rooms. */
  protected abstract leave(peer: P): void;

  protected get maxFrame(): number {
    return this.wires.sizes.frameOf(this.service.contract.name);
  }

  protected checkStage(): void {
    this.wires.stages.oldWire(this.service.contract);
  }

  protected opened(peer: P, query: URLSearchParams): void {
    this.service.counters.opened(peer.caller);
    this.service.openOld(peer);
    this.begin(peer, query);
  }

  protected closed(peer: P, isLost: boolean): void {
    if (isLost) this.service.counters.lost(peer.caller);
    this.leave(peer);
  }
}
