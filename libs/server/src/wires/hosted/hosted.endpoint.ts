import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { identify } from '../../caller/caller.js';
import { agentOf } from '../../http/client.agent.js';
import type { UpgradeListener } from '../../http/upgrade.listeners.js';
import type { UpgradeRequest } from '../../http/upgrade.router.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import type { HostedPath, ServiceWire } from '../../service/service.wire.js';
import { OLD_WIRE } from '../../service/service.wires.js';
import type { WireDependencies } from '../wire.dependencies.js';
import { HostedConnection } from './hosted.connection.js';
import { isHostedProxy, isHostedServer, type HostedHandler } from './hosted.handler.js';

export const HOSTED = 'hosted';

/** A path that old code serves as it always did, here or in a process of its own; a service may own it. No event of the framework goes out on it. */
export class HostedEndpoint implements ServiceWire {
  readonly name = HOSTED;
  readonly advisedAs = OLD_WIRE;
  readonly peers = new Set<HostedConnection>();
  private owner: ServiceRuntime | undefined;

  constructor(
    readonly path: string,
    private readonly handler: HostedHandler,
    private readonly wires: WireDependencies,
  ) {}

  get hosted(): HostedPath {
    return { path: this.path, by: isHostedProxy(this.handler) ? 'process' : 'code' };
  }

  get service(): ServiceRuntime | undefined {
    return this.owner;
  }

  /** Makes it an old wire of a service, whose stage governs it from now on. */
  belongTo(service: ServiceRuntime): void {
    this.owner = service;
    service.wires.add(this);
  }

  /** Takes an upgrade request. @throws Fault `service.retired`; what the handler throws before it has touched the socket */
  async accept(upgrade: UpgradeRequest): Promise<void> {
    if (this.owner) this.wires.stages.oldWire(this.owner.contract);
    const { socket } = upgrade;
    const { bytesWritten } = socket as { bytesWritten?: number };
    try {
      await this.hand(upgrade, this.enter(upgrade));
    } catch (error) {
      // A second answer would corrupt the first.
      if ((socket as { bytesWritten?: number }).bytesWritten !== bytesWritten) socket.destroy();
      throw error;
    }
  }

  connections(): Iterable<HostedConnection> {
    return this.peers;
  }

  deliver(): undefined {}

  send(): boolean {
    return false;
  }

  missesHoles(): boolean {
    return false;
  }

  restart(): void {}

  drop(): void {}

  private enter({ request, socket, query }: UpgradeRequest): HostedConnection {
    // Its handler authenticates, not the framework.
    const caller = identify(HOSTED, undefined, query.get('client_id') ?? request.headers['x-client-id']);
    const peer = new HostedConnection(socket, caller, agentOf(request, query), (isLost) => {
      this.peers.delete(peer);
      if (isLost) this.owner?.counters.lost(caller);
    });
    this.peers.add(peer);
    this.owner?.counters.opened(caller);
    this.owner?.openOld(peer);
    return peer;
  }

  private async hand({ request, socket, head }: UpgradeRequest, peer: HostedConnection): Promise<void> {
    const { handler } = this;
    if (isHostedServer(handler)) {
      handler.handleUpgrade(request, socket, head, (client) => {
        peer.opened(client);
        handler.emit('connection', client, request);
      });
    } else if (isHostedProxy(handler)) {
      const client = await handler.proxyUpgrade(request, socket as Socket, head);
      if (client) peer.opened(client);
    } else await this.listenerOf(handler)(request, socket, head);
  }

  private listenerOf(handler: UpgradeListener | EventEmitter): UpgradeListener {
    if (typeof handler === 'function') return handler;
    if (this.wires.router.isServer(handler)) return this.wires.router.leaveToHost;
    return (...upgrade) => handler.emit('upgrade', ...upgrade);
  }
}
