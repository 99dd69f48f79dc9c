import type { LegacyCodec, RootCodec, ServiceTypes } from '@switchyard/contract';
import type { BackoffOptions } from '../backoff/backoff.js';
import type { ServerClock } from '../clock/server.clock.js';
import { HttpCalls } from '../http/http.calls.js';
import type { HttpApi } from '../http/http.api.js';
import type { TokenKeeper } from '../identity/token.keeper.js';
import { platformSocket, type LegacySocketClass } from './legacy.socket.js';
import { LegacyTransport } from './legacy.transport.js';
import { PollingTransport } from './polling.transport.js';
import { RoomPoller } from './room.poller.js';
import { rootDialect } from './socketio.dialect.js';
import { SocketioEngine } from './socketio.engine.js';
import { SocketioTransport } from './socketio.transport.js';
import type { TransportFactory } from './transport.factory.js';

/** What the transports of a page share. */
export interface BuiltInTransportsOptions {
  url: string;
  clientId: string;
  tokens: TokenKeeper;
  http: HttpApi;
  clock: ServerClock;
  backoff: BackoffOptions;
  WebSocket?: LegacySocketClass;
  polling?: { intervalMs?: number };
  timeouts?: { connectMs?: number; joinMs?: number };
}

/** How a service's old wire is spoken. */
export interface OldWire {
  /** A path for each room. */
  legacy?: LegacyCodec<ServiceTypes>;
  /** Socket.IO's root namespace. */
  root?: RootCodec<ServiceTypes>;
}

/** The transports of a page: one engine connection, one poller, and sockets on old wires. */
export class BuiltInTransports {
  private readonly engine: SocketioEngine;
  private readonly poller: RoomPoller;

  constructor(private readonly options: BuiltInTransportsOptions) {
    const { http, clock, polling, timeouts, tokens } = options;
    this.engine = new SocketioEngine({ ...options, connectTimeoutMs: timeouts?.connectMs ?? 5000 });
    this.poller = new RoomPoller(http, clock, polling?.intervalMs ?? 3000, tokens);
  }

  /** Makes the transports of a service. */
  factory({ legacy: codec, root }: OldWire): TransportFactory {
    const { options, engine, poller } = this;
    const joinTimeoutMs = options.timeouts?.joinMs ?? 10_000;
    return (wire, contract, address) => {
      if (wire === 'polling') return new PollingTransport(contract.name, poller, options.http, options.tokens);
      const { backoff, clock, tokens } = options;
      const socketio = { engine, backoff, clock, joinTimeoutMs, tokens };
      if (wire === 'socketio') return new SocketioTransport(engine.socket(address.namespace), socketio);
      if (root) {
        const calls = new HttpCalls(options.http, contract.name);
        return new SocketioTransport(engine.socket('/'), { ...socketio, dialect: rootDialect(contract, root), calls });
      }
      const path = address.legacy_path ?? codec?.path;
      const WebSocket = options.WebSocket ?? platformSocket();
      if (path === undefined || !WebSocket) return undefined;
      return new LegacyTransport({ ...options, contract, path, codec, WebSocket, joinTimeoutMs });
    };
  }

  close(): void {
    this.engine.close();
    this.poller.close();
  }
}
