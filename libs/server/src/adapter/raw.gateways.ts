import { Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import type { OriginPolicy } from '../http/origin.policy.js';
import type { UpgradeRouter } from '../http/upgrade.router.js';

/** The servers of Nest gateways that speak raw WebSockets on the application's port, as Nest's `WsAdapter` makes them. */
export class RawGateways {
  private readonly logger = new Logger('WsAdapter');

  /** @param origins the origins that are let in; undefined lets in all, as `WsAdapter` does */
  constructor(
    private readonly router: UpgradeRouter,
    private readonly origins: OriginPolicy | undefined,
  ) {}

  /** A server for the gateways with this path, with the options of the gateway that Nest has found first. */
  create(path: string | undefined, options: ServerOptions): WebSocketServer {
    const server = new WebSocketServer({ ...options, noServer: true });
    server.on('error', (error) => this.logger.error(error));
    // A frame that is too large is an error too, and `ws` answers it with its own close code.
    server.on('connection', (client: WebSocket) => client.on('error', (error) => this.logger.error(error)));
    const served = normalPath(path);
    const isServed = (asked: string) => pathnameOf(asked) === served;
    this.router.routeWhere(isServed, ({ request, socket, head }) => {
      if (this.origins?.allows(request.headers.origin) === false) throw new Fault('origin.refused');
      server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request));
    });
    return server;
  }
}

/** A gateway's path as `WsAdapter` compares it: one slash before it, none after it, and no parameters. */
function normalPath(path = ''): string {
  return `/${path.replace(/\/+$/, '')}`.replace(/\/+/g, '/');
}

function pathnameOf(path: string): string | undefined {
  return URL.canParse(path, 'ws://host/') ? new URL(path, 'ws://host/').pathname : undefined;
}
