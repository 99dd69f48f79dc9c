import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ControlPayloads } from '@switchyard/contract';
import { CallDispatcher } from '../dispatch/call.dispatcher.js';
import { FiguresRecorder } from '../figures/figures.recorder.js';
import { requestTarget } from '../http/request.target.js';
import { UpgradeRouter } from '../http/upgrade.router.js';
import { ParityRecorder } from '../parity/parity.recorder.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { Upstreams } from '../upstream/upstreams.js';
import { Wires } from '../wires/wires.js';
import { InFlight } from '../dispatch/in.flight.js';
import { OpenSockets } from './open.sockets.js';

/** The time within which clients should come back, each at a random moment, in ms. */
const RECONNECT_IN_MS = 1000;
/** How long calls and requests in flight may take, in ms. */
const ANSWER_MS = 4000;
/** How long clients may take to read the last data and to answer a close, in ms. */
const CLOSE_MS = 4000;

/** Ends every connection in order when the process stops: refuse new ones, announce, answer, close, wait, cut off. */
@Injectable()
export class Drain implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('drain');
  private readonly sockets = new OpenSockets();
  private readonly requests = new InFlight();

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly router: UpgradeRouter,
    private readonly wires: Wires,
    private readonly registry: ServiceRegistry,
    private readonly calls: CallDispatcher,
    private readonly figures: FiguresRecorder,
    private readonly parity: ParityRecorder,
    private readonly upstreams: Upstreams,
  ) {}

  onApplicationBootstrap(): void {
    this.server.on('connection', (socket: Socket) => this.sockets.add(socket));
    this.server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      const { path } = requestTarget(request);
      // Such a request is answered when its wire closes.
      if ([...this.wires].some((wire) => wire.holds?.(path))) return;
      if (this.router.draining) response.shouldKeepAlive = false;
      response.once('close', this.requests.begin());
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.router.draining = true;
    const payload: ControlPayloads['service_draining'] = { reconnect_in_ms: RECONNECT_IN_MS };
    this.wires.broadcast({ event: 'service_draining', payload });
    await this.answered();
    // While there are connections: they keep the process alive until the store has answered.
    await Promise.all([this.figures.close(), this.parity.close()]);
    this.wires.close();
    this.server.closeIdleConnections();
    const [cut] = await Promise.all([this.sockets.close(CLOSE_MS), this.upstreams.close()]);
    if (cut > 0) this.logger.warn(`cut off ${cut} connections that did not close`);
    // A session of long polling without a socket has timers that keep the process alive.
    for (const wire of this.wires) for (const connection of wire.connections()) connection.terminate();
    this.registry.retention.close();
    this.registry.presence.close();
  }

  /** Waits until the calls and requests in flight are answered. */
  private async answered(): Promise<void> {
    const all = await Promise.all([this.calls.inFlight, this.requests].map((work) => work.emptied(ANSWER_MS)));
    if (all.includes(false)) this.logger.warn(`some calls or requests took longer than ${ANSWER_MS} ms`);
    // A wire sends the answer in the step after the call's end.
    await new Promise((resolve) => setImmediate(resolve));
  }

  private get server(): HttpServer {
    return this.http.httpAdapter.getHttpServer() as HttpServer;
  }
}
