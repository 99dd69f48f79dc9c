import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ControlPayloads } from '@switchyard/contract';
import { CallDispatcher } from '../dispatch/call.dispatcher.js';
import { SOCKET_IO_PATH, UpgradeRouter } from '../http/upgrade.router.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { LegacyWires } from '../wires/legacy/legacy.wires.js';
import { cutOff, limitClose } from '../wires/socketio/engine.connection.js';
import { RootWires } from '../wires/socketio/root.wire.js';
import { SocketIoHost } from '../wires/socketio/socketio.host.js';
import { InFlight } from '../dispatch/in.flight.js';
import { OpenSockets } from './open.sockets.js';

/** How long after the restart clients should come back, at the most; they spread themselves over it. */
const RECONNECT_IN_MS = 1000;
/** How long calls and requests in flight may take to be answered. */
const ANSWER_MS = 4000;
/** How long clients may take to read the last of what they were sent, and to answer a close. */
const CLOSE_MS = 4000;
/** How long a session of long polling that is closed waits for the poll that could tell its client. */
const LAST_POLL_MS = 300;
/** The WebSocket close code for a server that restarts. */
const SERVICE_RESTART = 1012;

/** Ends every connection in order when the process is asked to stop: refuse, tell, answer, close, wait, cut off. */
@Injectable()
export class Drain implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('drain');
  private readonly sockets = new OpenSockets();
  private readonly requests = new InFlight();

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly router: UpgradeRouter,
    private readonly socketio: SocketIoHost,
    private readonly legacy: LegacyWires,
    private readonly root: RootWires,
    private readonly registry: ServiceRegistry,
    private readonly door: CallDispatcher,
  ) {}

  onApplicationBootstrap(): void {
    this.server.on('connection', (socket: Socket) => this.sockets.add(socket));
    this.server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      // A poll of Socket.IO is answered when its connection is closed.
      if (request.url?.startsWith(SOCKET_IO_PATH)) return;
      if (this.router.draining) response.shouldKeepAlive = false;
      response.once('close', this.requests.begin());
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.router.draining = true;
    this.announce();
    await this.answered();
    for (const connection of this.legacy.connections()) connection.close(SERVICE_RESTART, 'service restart');
    // The engine's connections, not the sockets: a client does not come back after a socket.disconnect().
    // Not engine.close() either: it discards what was just announced.
    for (const client of Object.values(this.socketio.clients())) {
      limitClose(client, LAST_POLL_MS);
      client.close();
    }
    this.server.closeIdleConnections();
    const cut = await this.sockets.close(CLOSE_MS);
    if (cut > 0) this.logger.warn(`cut off ${cut} connections that did not close`);
    // Sessions of long polling without a connection: each has timers that keep the process alive.
    for (const client of Object.values(this.socketio.clients())) cutOff(client);
    this.registry.retention.close();
    this.registry.presence.close();
  }

  /** Waits until the calls and requests that came in have their answers. */
  private async answered(): Promise<void> {
    const all = await Promise.all([this.door.inFlight, this.requests].map((work) => work.emptied(ANSWER_MS)));
    if (all.includes(false)) this.logger.warn(`some calls or requests took longer than ${ANSWER_MS} ms`);
    // A wire sends the answer in the step after the one in which the call ends.
    await new Promise((resolve) => setImmediate(resolve));
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

  private get server(): HttpServer {
    return this.http.httpAdapter.getHttpServer() as HttpServer;
  }
}
