import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost } from '@nestjs/core';
import { MountedRoutes } from '../../http/mounted.routes.js';
import { requestTarget } from '../../http/request.target.js';
import { UpgradeRouter } from '../../http/upgrade.router.js';
import { RoutePaths } from '../../routes/route.paths.js';
import { Wires } from '../wires.js';
import { copySettings, forwardWhileHeard, type HostedHttp } from './hosted.server.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Lets an old HTTP server answer every request that is not for the framework, as if it listened itself. */
@Injectable()
export class HostedRequests {
  private readonly logger = new Logger('hosted');
  private hosted: Server | undefined;

  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly routes: MountedRoutes,
    private readonly paths: RoutePaths,
    private readonly wires: Wires,
    private readonly router: UpgradeRouter,
    private readonly discovery: DiscoveryService,
  ) {}

  /** @throws TypeError when the server cannot be hosted; @returns the server */
  host(given: HostedHttp): Server {
    const own = this.adapter.httpAdapter.getHttpServer() as Server;
    const hosted = typeof given === 'function' ? createServer(given) : given;
    this.check(hosted, own);
    this.hosted = hosted;
    this.takeRequests(own, hosted);
    this.router.leaveTo(hosted);
    this.report();
    return hosted;
  }

  private check(hosted: Server, own: Server): void {
    const refuse = (why: string) => new TypeError(`unable to host a server; ${why}`);
    if (hosted === own) throw refuse('it is the one of the application itself, whose listeners need no line');
    if (this.hosted) throw refuse('the application hosts another one already');
    if (own.listening) throw refuse('call hostServer before listen');
    if (this.paths.asControllers) throw refuse('it would get the requests for the controllers of http.asControllers');
  }

  private takeRequests(own: Server, hosted: Server): void {
    const listeners = own.listeners('request') as Listener[];
    own.removeAllListeners('request');
    own.on('request', (request, response) => {
      if (this.isOurs(request)) for (const listener of listeners) listener.call(own, request, response);
      else hosted.emit('request', request, response);
    });
    copySettings(hosted, own);
    forwardWhileHeard('checkContinue', own, hosted, (request: IncomingMessage, response: ServerResponse) => {
      if (!this.isOurs(request)) return hosted.emit('checkContinue', request, response);
      response.writeContinue();
      return own.emit('request', request, response);
    });
    // These have no path: Fastify has a listener for requests that cannot be parsed, which answers with JSON.
    own.removeAllListeners('clientError');
    for (const event of ['checkExpectation', 'clientError', 'connect'])
      forwardWhileHeard(event, own, hosted, (...args) => hosted.emit(event, ...args));
  }

  /** Whether a request is for the framework. */
  private isOurs(request: IncomingMessage): boolean {
    const { path } = requestTarget(request);
    return this.routes.has(request) || [...this.wires].some((wire) => wire.holds?.(path));
  }

  /** Names the controllers of the application, which would wait for requests in vain. */
  private report(): void {
    const names = this.discovery.getControllers().map(({ name }) => String(name));
    if (names.length === 0) return;
    this.logger.warn(
      `The hosted server answers every request that is not for the framework: nothing reaches ${names.join(', ')}.`,
    );
  }
}
