import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ControlPayloads } from '@switchyard/contract';
import { UpgradeRouter } from '../http/upgrade.router.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { LegacyWires } from '../wires/legacy/legacy.wires.js';
import { RootWires } from '../wires/socketio/root.wire.js';
import { SocketIoHost } from '../wires/socketio/socketio.host.js';

/** How long after the restart clients should come back, at the most; they spread themselves over it. */
const RECONNECT_IN_MS = 1000;
/** How long a peer may take to answer a close before it is cut off. */
const CLOSE_GRACE_MS = 300;
/** The WebSocket close code for a server that restarts. */
const SERVICE_RESTART = 1012;

/** Ends every connection in order when the process is asked to stop: tell, close, wait, cut off. */
@Injectable()
export class Drain implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('drain');
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly router: UpgradeRouter,
    private readonly socketio: SocketIoHost,
    private readonly legacy: LegacyWires,
    private readonly root: RootWires,
    private readonly registry: ServiceRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.router.draining = true;
    this.announce();
    for (const connection of this.legacy.connections()) connection.close(SERVICE_RESTART, 'service restart');
    // The engine's connections, not the sockets: a client does not come back after a socket.disconnect().
    // Not engine.close() either: it discards what was just announced.
    for (const client of Object.values(this.socketio.clients())) client.close();
    this.server.closeIdleConnections();
    await this.emptied(CLOSE_GRACE_MS);
    this.cutOff();
    this.registry.retention.close();
    this.registry.presence.close();
  }

  private announce(): void {
    const payload: ControlPayloads['service_draining'] = { reconnect_in_ms: RECONNECT_IN_MS };
    for (const { contract } of this.registry.all()) {
      this.socketio.server.of(contract.namespace).local.emit('service_draining', payload);
    }
    this.root.announce({ event: 'service_draining', payload });
    for (const peer of this.legacy.peers()) {
      if (peer.positions) peer.envelop({ event: 'service_draining', payload });
    }
  }

  private emptied(within_ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, within_ms);
      const check = () => {
        if (this.sockets.size > 0) return;
        clearTimeout(timer);
        resolve();
      };
      for (const socket of this.sockets) socket.once('close', check);
      check();
    });
  }

  private cutOff(): void {
    if (this.sockets.size > 0) this.logger.warn(`cutting off ${this.sockets.size} connections that did not close`);
    for (const socket of this.sockets) socket.destroy();
  }

  private get server(): HttpServer {
    return this.http.httpAdapter.getHttpServer() as HttpServer;
  }
}
