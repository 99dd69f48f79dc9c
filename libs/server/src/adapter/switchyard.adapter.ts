import type { Server as HttpServer } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { AbstractWsAdapter, type MessageMappingProperties } from '@nestjs/websockets';
import type { Observable } from 'rxjs';
import { Namespace, Server, type Socket } from 'socket.io';
import type { ServerOptions, WebSocket, WebSocketServer } from 'ws';
import { OriginPolicy } from '../http/origin.policy.js';
import { UpgradeRouter } from '../http/upgrade.router.js';
import { SocketIoHost } from '../socketio/socketio.host.js';
import { GatewayKinds } from './gateway.kinds.js';
import type { GatewayOptions } from './gateway.options.js';
import { RawGateways } from './raw.gateways.js';
import { bindSocketIoHandlers } from './socketio.handlers.js';

type GatewayServer = Server | Namespace | WebSocketServer;
type GatewayClient = Socket | WebSocket;

interface ServerRequest extends ServerOptions {
  namespace?: string;
  /** The server that the namespace belongs to. */
  server?: never;
}

/** How long a peer of an old gateway may take to answer a close, in ms. */
const CLOSE_GRACE_MS = 300;

/**
 * Nest's WebSocket adapter for both kinds of gateway on one port: Socket.IO gateways at the framework's path share its server,
 * and gateways with a `path` of their own run unchanged on raw WebSockets behind the upgrade router. Socket.IO gateways at
 * another path, and all with a port of their own, get a server there, as with Nest's adapters.
 */
export class SwitchyardAdapter extends AbstractWsAdapter {
  private readonly raw: WsAdapter;
  private readonly kinds: GatewayKinds;
  /** The Socket.IO servers of gateways with a port or a path of their own. */
  private readonly apart = new Map<string, Server>();

  /** @param before the adapter that the application had set until now */
  constructor(
    private readonly app: INestApplication,
    private readonly options: GatewayOptions = {},
    before?: unknown,
  ) {
    super(app);
    const { messageParser, gatewaysWithoutPath } = options;
    // It has the message parser that the application gave it.
    this.raw = before instanceof WsAdapter ? before : new WsAdapter(app);
    if (messageParser) this.raw.setMessageParser(messageParser);
    this.kinds = new GatewayKinds(app, gatewaysWithoutPath ?? kindOf(before));
  }

  create(port: number, { namespace, server: _server, ...options }: ServerRequest = {}): GatewayServer {
    if (namespace !== undefined) return this.socketIoAt(port, options).of(namespace);
    if (this.kinds.of(port, options.path) === 'socket.io') return this.socketIoAt(port, options);
    if (port !== 0) return this.raw.create(port, options) as WebSocketServer;
    const { path, ...serverOptions } = options;
    const origins = this.options.gatewayOrigins === 'allowed' ? this.app.get(OriginPolicy) : undefined;
    return new RawGateways(this.app.get(UpgradeRouter), origins).create(path, serverOptions);
  }

  bindMessageHandlers(
    client: GatewayClient,
    handlers: MessageMappingProperties[],
    transform: (data: unknown) => Observable<unknown>,
  ): void {
    if (isSocketIo(client)) bindSocketIoHandlers(client, handlers, transform);
    else this.raw.bindMessageHandlers(client, handlers, transform);
  }

  override bindClientDisconnect(client: GatewayClient, callback: (...args: unknown[]) => void): void {
    if (isSocketIo(client)) super.bindClientDisconnect(client, callback);
    else this.raw.bindClientDisconnect(client, callback);
  }

  override async close(server: GatewayServer): Promise<void> {
    // The framework drains its own Socket.IO server itself, and a namespace closes with its server.
    if (server instanceof Namespace) return;
    if (server instanceof Server) return [...this.apart.values()].includes(server) ? server.close() : undefined;
    const clients = () => [...((server.clients as Set<WebSocket> | undefined) ?? [])];
    for (const client of clients()) client.close(1012, 'service restart');
    const cut = setTimeout(() => clients().forEach((client) => client.terminate()), CLOSE_GRACE_MS);
    await new Promise((resolve) => server.close(resolve));
    clearTimeout(cut);
  }

  override dispose(): Promise<void> {
    return this.raw.dispose();
  }

  private socketIoAt(port: number, options: Pick<ServerRequest, 'path'>): Server {
    const host = this.app.get(SocketIoHost);
    if (port === 0 && host.serves(options)) return host.server;
    const at = `${port} ${options.path}`;
    // As Nest's own adapter makes it, with the options of the gateway that Nest has found first.
    const server = this.apart.get(at) ?? new Server(port === 0 ? (this.httpServer as HttpServer) : port, options);
    this.apart.set(at, server);
    return server;
  }
}

/** What gateways with neither path nor namespace speak under an adapter of Nest; undefined without one. */
function kindOf(adapter: unknown): GatewayOptions['gatewaysWithoutPath'] {
  if (adapter instanceof WsAdapter) return 'ws';
  // Only Nest's Socket.IO adapter has it, which the framework does without.
  return typeof adapter === 'object' && adapter !== null && 'createIOServer' in adapter ? 'socket.io' : undefined;
}

function isSocketIo(client: GatewayClient): client is Socket {
  return 'nsp' in client;
}
