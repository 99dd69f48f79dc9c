import type {
  Fault,
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

/** A page's settings for its wires. */
export interface WireOptions {
  /** The WebSocket for old wires, which Node.js before 22 lacks. */
  WebSocket?: LegacySocketClass;
  /** The failed attempts before a fallback (3), and the interval of status polling (3000 ms). */
  polling?: { afterAttempts?: number; intervalMs?: number };
  /** The time limits for opening a connection (5 s) and for the reply to a join (10 s). */
  timeouts?: { connectMs?: number; joinMs?: number };
}

/** The objects and settings that all wires of a page share. */
export interface WirePage extends Pick<WireOptions, 'WebSocket'> {
  url: string;
  clientId: string;
  tokens: TokenKeeper;
  http: HttpApi;
  clock: ServerClock;
  backoff: BackoffOptions;
  connectTimeoutMs: number;
  joinTimeoutMs: number;
  pollIntervalMs: number;
  /** The path of Socket.IO on the server, as the last configuration says. */
  readonly socketioPath: () => string;
  /** Reports a fault that only the page can mend. */
  report(fault: Fault): void;
}

/** The codecs of a service's old wire. */
interface OldWire {
  /** For an old wire with a path of its own. */
  legacy?: LegacyCodec<ServiceTypes>;
  /** For an old wire in Socket.IO's root namespace. */
  root?: RootCodec<ServiceTypes>;
}

/** The part of a service that its wires use. */
export interface WireService extends OldWire {
  contract: ServiceContract;
  /** Whether the wire is only compared with the one in use. */
  isShadow?: boolean;
}

/** A protocol between client and server, for all services of a page. */
export interface Wire {
  readonly name: WireName;
  /** Whether it serves while a service's own wire is lost. */
  readonly isFallback?: boolean;
  /** The part of a service's address that this wire connects to. */
  path(address: ServiceAddress): string | undefined;
  /** Makes the service's transport; undefined when this wire cannot serve it. */
  transport(service: WireService, address: ServiceAddress): Transport | undefined;
  close?(): void;
}

/** Makes a wire for a page. */
export type WireFactory = (page: WirePage) => Wire;
