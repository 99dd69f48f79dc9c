import { Logger } from '@nestjs/common';
import { Fault, type ErrorBody, type LegacyFrame, type Position } from '@switchyard/contract';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Caller } from '../caller/caller.js';
import { agentOf } from '../http/client.agent.js';
import type { UpgradeRequest } from '../http/upgrade.router.js';
import type { Delivery } from '../room/delivery.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import type { ServiceWire } from '../service/service.wire.js';
import type { WireDependencies } from '../wires/wire.dependencies.js';
import { RETIRED, type WebSocketConnection } from './websocket.connection.js';

/** One old WebSocket endpoint of a service: it takes upgrade requests and follows each connection until it closes. */
export abstract class WebSocketEndpoint<P extends WebSocketConnection> implements ServiceWire {
  /** The open connections, by id. */
  readonly peers = new Map<string, P>();
  protected readonly logger = new Logger('legacy');
  private readonly acceptor: WebSocketServer;

  constructor(
    protected readonly service: ServiceRuntime,
    protected readonly wires: WireDependencies,
    readonly name: string,
    readonly path: string,
  ) {
    // A frame over the limit of a call is answered; only one over this closes the socket.
    const maxPayload = wires.sizes.frameOf(service.contract.name);
    this.acceptor = new WebSocketServer({ noServer: true, maxPayload, clientTracking: false });
  }

  /** Takes an upgrade request. @throws Fault `service.retired`, `origin.refused`, `auth.*` and those of `admit` */
  async accept(upgrade: UpgradeRequest): Promise<void> {
    const { request, socket, head, query } = upgrade;
    try {
      this.wires.stages.oldWire(this.service.contract);
    } catch (thrown) {
      return this.turnAway(upgrade, Fault.from(thrown));
    }
    const caller = await this.wires.callers.ofUpgrade(request, this.name, query);
    const key = await this.admit(caller, upgrade);
    if (socket.destroyed) return;
    this.acceptor.handleUpgrade(request, socket, head, (ws) => {
      this.open(this.connect(ws, caller, query, key), ws, agentOf(request, query), query);
    });
  }

  connections(): Iterable<P> {
    return this.peers.values();
  }

  abstract deliver(room: string, delivery: Delivery): number;
  abstract send(memberId: string, room: string, delivery: Delivery): boolean;
  abstract missesHoles(memberId: string, room: string): boolean;
  abstract restart(memberId: string, room: string, snapshot: object | undefined, position: Position): void;
  abstract drop(memberId: string, room: string): void;

  /** Checks a caller before the upgrade, and returns the key of the room that the path names. */
  protected abstract admit(caller: Caller, upgrade: UpgradeRequest): Promise<string>;
  protected abstract connect(socket: WebSocket, caller: Caller, query: URLSearchParams, key: string): P;
  /** Called once a connection is registered; sends its first frames. */
  protected abstract opened(peer: P, query: URLSearchParams): void;
  protected abstract receive(peer: P, data: Buffer): void;
  protected abstract closed(peer: P): void;

  /** The frame that tells a client why this wire refuses it; undefined for a client that would not understand it. */
  protected refusal(_query: URLSearchParams, _error: ErrorBody): LegacyFrame | undefined {
    return undefined;
  }

  /** Refuses an upgrade, in a frame where the client understands one: a browser hides the status. @throws Fault */
  private turnAway({ request, socket, head, query }: UpgradeRequest, fault: Fault): void {
    const frame = this.refusal(query, fault.toBody());
    if (frame === undefined) throw fault;
    this.acceptor.handleUpgrade(request, socket, head, (ws) => {
      ws.on('error', () => ws.terminate());
      ws.send(JSON.stringify(frame));
      ws.close(RETIRED, fault.code);
    });
  }

  private open(peer: P, ws: WebSocket, agent: string | undefined, query: URLSearchParams): void {
    const { caller } = peer;
    peer.agent = agent;
    this.peers.set(peer.id, peer);
    ws.on('error', () => ws.terminate());
    ws.on('message', (data) => {
      peer.alive = true;
      this.receive(peer, data as Buffer);
    });
    const left = this.wires.connections.enter(caller, peer.id, peer.eviction);
    ws.once('close', this.wires.credentials.enter(peer));
    this.service.counters.opened(caller);
    ws.once('close', (code) => {
      if (peer.isLost(code)) this.service.counters.lost(caller);
      left?.();
      this.peers.delete(peer.id);
      this.closed(peer);
    });
    this.service.openOld(peer);
    this.opened(peer, query);
  }
}
