import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { AbstractWsAdapter, type MessageMappingProperties } from '@nestjs/websockets';
import { Fault } from '@switchyard/contract';
import type { Observable } from 'rxjs';
import type { Namespace, Server, Socket } from 'socket.io';
import { WebSocket, WebSocketServer } from 'ws';
import { SocketIoHost } from '../socketio/socketio.host.js';
import { OriginPolicy } from '../http/origin.policy.js';
import { SOCKET_IO_PATH, UpgradeRouter } from '../http/upgrade.router.js';

type GatewayServer = Server | Namespace | WebSocketServer;
type GatewayClient = Socket | WebSocket;

/** How long a peer of an old gateway may take to answer a close, in ms. */
const CLOSE_GRACE_MS = 300;

/**
 * Nest's WebSocket adapter for both kinds of gateway on one port: Socket.IO gateways share the framework's server, and
 * gateways with a `path` of their own run unchanged on raw WebSockets behind the upgrade router.
 */
export class SwitchyardAdapter extends AbstractWsAdapter {
  private readonly socketio: IoAdapter;
  private readonly raw: WsAdapter;

  constructor(private readonly app: INestApplication) {
    super(app);
    this.socketio = new IoAdapter(app);
    this.raw = new WsAdapter(app);
  }

  create(_port: number, { path, namespace }: { path?: string; namespace?: string } = {}): GatewayServer {
    if (path !== undefined && !`${path}/`.startsWith(SOCKET_IO_PATH)) return this.createRaw(path);
    const { server } = this.app.get(SocketIoHost);
    return namespace === undefined ? server : server.of(namespace);
  }

  bindMessageHandlers(
    client: GatewayClient,
    handlers: MessageMappingProperties[],
    transform: (data: unknown) => Observable<unknown>,
  ): void {
    if (client instanceof WebSocket) this.raw.bindMessageHandlers(client, handlers, transform);
    else this.socketio.bindMessageHandlers(client, handlers, transform);
  }

  override bindClientDisconnect(client: GatewayClient, callback: (...args: unknown[]) => void): void {
    if (!(client instanceof WebSocket)) return this.socketio.bindClientDisconnect(client, callback);
    client.on('error', () => client.terminate());
    client.once('close', callback);
  }

  override async close(server: GatewayServer): Promise<void> {
    // The framework drains its Socket.IO server itself.
    if (!(server instanceof WebSocketServer)) return;
    for (const client of server.clients) client.close(1012, 'service restart');
    const cut = setTimeout(() => server.clients.forEach((client) => client.terminate()), CLOSE_GRACE_MS);
    await new Promise((resolve) => server.close(resolve));
    clearTimeout(cut);
  }

  private createRaw(path: string): WebSocketServer {
    const acceptor = new WebSocketServer({ noServer: true });
    const origins = this.app.get(OriginPolicy);
    this.app.get(UpgradeRouter).route(path, ({ request, socket, head }) => {
      if (!origins.allows(request.headers.origin)) throw new Fault('origin.refused');
      acceptor.handleUpgrade(request, socket, head, (client) => acceptor.emit('connection', client, request));
    });
    return acceptor;
  }
}
