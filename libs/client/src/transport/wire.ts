import type {
  LegacyCodec,
  RootCodec,
  ServiceAddress,
  ServiceContract,
  ServiceTypes,
  WireName,
} from '@switchyard/contract';
import type { BackoffOptions } from '../backoff/backoff.js';
import type { ServerClock } from '../clock/server.clock.js';
import type { HttpApi } from '../http/http.api.js';
import type { TokenKeeper } from '../identity/token.keeper.js';
import type { LegacySocketClass } from './legacy.socket.js';
import type { Transport } from './transport.js';

/** How a page may adjust its wires. */
export interface WireOptions {
  /** The WebSocket for old wires; Node.js before 22 has none of its own. */
  WebSocket?: LegacySocketClass;
  /** How many failed attempts lead to a fallback (3), and how often status polling asks (3000 ms). */
  polling?: { afterAttempts?: number; intervalMs?: number };
  /** How long the opening of a connection (5 s) and the answer to a join (10 s) may take. */
  timeouts?: { connectMs?: number; joinMs?: number };
}

/** What all wires of a page share. */
export interface WirePage extends WireOptions {
  url: string;
  clientId: string;
  tokens: TokenKeeper;
  http: HttpApi;
  clock: ServerClock;
  backoff: BackoffOptions;
}

/** The codecs of a service's old wire. */
interface OldWire {
  /** For a path of its own. */
  legacy?: LegacyCodec<ServiceTypes>;
  /** For Socket.IO's root namespace. */
  root?: RootCodec<ServiceTypes>;
}

/** A service as its wires see it. */
export interface WireService extends OldWire {
  contract: ServiceContract;
}

/** One way to the server, for all services of a page. */
export interface Wire {
  readonly name: WireName;
  /** *standard* serves every service at every stage; *fallback* serves one whose own wire is away. */
  readonly role?: 'standard' | 'fallback';
  /** The part of a service's address that this wire connects to. */
  path(address: ServiceAddress): string | undefined;
  /** Makes the service's transport; undefined when this wire cannot serve it. */
  transport(service: WireService, address: ServiceAddress): Transport | undefined;
  close?(): void;
}

/** Makes a wire for a page. */
export type WireFactory = (page: WirePage) => Wire;
