import type { Server as HttpServer } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Server } from 'socket.io';
import { CallSizes } from '../dispatch/call.sizes.js';
import { OriginPolicy } from '../http/origin.policy.js';
import { RefusalLog } from '../http/refusal.log.js';
import { UpgradeRouter } from '../http/upgrade.router.js';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import { DEFAULT_SOCKET_IO_PATH, socketIoPath } from '../options/socketio.options.js';
import { STORE, type Store } from '../store/store.js';
import { MAX_TIMER_MS } from '../timer/long.timer.js';
import { EngineConnection, type EngineSocket } from './engine.connection.js';
import { EngineHandshakes, type EngineServer } from './engine.handshakes.js';
import { sizedParser } from './sized.parser.js';

const MAX_PING_MS = Math.floor(MAX_TIMER_MS / 2);

/** Holds the application's one Socket.IO server, made when it is first used. */
@Injectable()
export class SocketIoHost {
  /** The path of the server, with a slash at both ends. */
  readonly path: string;
  private made: Server | undefined;
  private readonly known = new WeakMap<EngineSocket, EngineConnection>();

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly router: UpgradeRouter,
    private readonly origins: OriginPolicy,
    @Inject(REALTIME_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(STORE) private readonly store: Store,
    private readonly sizes: CallSizes,
    private readonly refusals: RefusalLog,
  ) {
    this.path = socketIoPath(options.socketio);
  }

  get server(): Server {
    return (this.made ??= this.create());
  }

  /** The engine's connections; each carries a client's sockets in all namespaces. */
  connections(): EngineConnection[] {
    const { clients } = this.server.engine as unknown as { clients: Readonly<Record<string, EngineSocket>> };
    return Object.values(clients).map((socket) => this.connectionOf(socket));
  }

  /** Whether a path is that of the Socket.IO server, whose polls stay open until there is something to send. */
  holds(path: string): boolean {
    return path.startsWith(this.path);
  }

  /** Whether a gateway with these options is at the path of this server; a gateway without one is at Socket.IO's own. */
  serves({ path = DEFAULT_SOCKET_IO_PATH }: { path?: string | undefined }): boolean {
    return this.holds(`${path}/`.replace(/\/+$/, '/'));
  }

  private connectionOf(socket: EngineSocket): EngineConnection {
    const known = this.known.get(socket);
    if (known) return known;
    const connection = new EngineConnection(socket);
    this.known.set(socket, connection);
    return connection;
  }

  private create(): Server {
    const { options, origins } = this;
    const adapter = options.socketIoAdapter?.(this.store);
    const server = new Server({
      serveClient: false,
      ...options.socketio,
      path: this.path,
      ...(adapter && { adapter }),
      // A client's timer takes the sum of both, so each may be half of the longest timer.
      pingInterval: Math.min(options.pingIntervalMs, MAX_PING_MS),
      pingTimeout: Math.min(options.pingTimeoutMs, MAX_PING_MS),
      maxHttpBufferSize: this.sizes.frame,
      parser: sizedParser((namespace, event) => this.sizes.inNamespace(namespace, event)),
      cors: { origin: (origin, answer) => answer(null, origins.allows(origin)), credentials: true },
      allowRequest: ({ headers }, answer) => {
        if (this.router.draining) return answer('draining', false);
        answer(origins.allows(headers.origin) ? null : 'origin.refused', origins.allows(headers.origin));
      },
    });
    const http = this.http.httpAdapter.getHttpServer() as HttpServer;
    const before = http.listeners('upgrade');
    server.attach(http);
    // The router gives upgrade requests to the engine. The engine's own listener would answer them too: with 400 to another
    // protocol than WebSocket, and it would cut an old endpoint that takes a second to authenticate.
    for (const listener of http.listeners('upgrade')) {
      if (!before.includes(listener)) http.off('upgrade', listener as () => void);
    }
    const engine = server.engine as unknown as EngineServer;
    const handshakes = new EngineHandshakes(engine, origins, this.refusals);
    handshakes.watch();
    if (!engine.opts.transports.includes('websocket')) return server;
    this.router.route(`${this.path}{*rest}`, (upgrade) => {
      handshakes.check(upgrade);
      engine.handleUpgrade(upgrade.request, upgrade.socket, upgrade.head);
    });
    return server;
  }
}
