import type { Provider } from '@openfeature/server-sdk';
import type { ServerOptions } from 'socket.io';
import type { User } from '../caller/caller.js';
import type { RateLimit } from '../store/limit.store.js';
import type { Store } from '../store/store.js';
import type { SocketIoOptions } from './socketio.options.js';

/** The credentials in a handshake or request. */
export interface Credentials {
  token?: string;
  cookie?: string;
}

/**
 * Returns the user of a handshake, or undefined for an anonymous client that is allowed. When the credential expires, the
 * user has `expires_at`; after that time the connection's or request's calls are refused.
 *
 * @throws Fault `auth.required`, `auth.invalid`, `auth.expired`, `auth.revoked`
 */
export type Authenticate = (credentials: Credentials) => Promise<User | undefined>;

/**
 * The settings of the realtime module: only `authenticate` and `allowedOrigins` have to be given, `DEFAULT_OPTIONS` has the
 * others. Durations in ms, sizes in bytes; a limit of 0 is off.
 */
export interface RealtimeOptions {
  authenticate: Authenticate;
  /** Origins of pages that may connect, with patterns as `parseOriginPattern` reads them; an empty list lets in no page. */
  allowedOrigins: readonly string[];
  /** How often a connection is pinged. */
  pingIntervalMs?: number;
  /** How long the answer to a ping may take. */
  pingTimeoutMs?: number;
  /** The largest frame or body that is read, unless a contract allows a larger call. */
  maxHttpBufferSize?: number;
  /** How much a call may have in addition to its bounded fields: for fields without a bound and for an old wire's wrapping. */
  maxCallBytes?: number;
  /** How much unsent data one connection may have before it is closed; its client reconnects and resumes. */
  maxBacklogBytes?: number;
  /** How long a room's log is kept after its terminal event. */
  roomRetentionMs?: number;
  /** At most this long after a process died, another process ends its runs. */
  runLeaseMs?: number;
  /** How long before its credential expires a connection is warned, at most half the lifetime. */
  authExpiringMs?: number;
  /** How long a person without a connection stays in a room's presence. */
  presenceGraceMs?: number;
  /** The call rate of one user, or of one client or socket when anonymous. */
  callRate?: RateLimit;
  /** The same for joins, and for polls of any number of rooms. */
  joinRate?: RateLimit;
  /** How many clients one user may have connected, the oldest is closed; any number by default. */
  maxConnectionsPerUser?: number;
  /** How many old WebSockets whose clients have not authenticated a process has open; the oldest is closed. */
  maxUnauthenticatedSockets?: number;
  /** Published in `/realtime/config`, in addition to the limits in force; an entry replaces the published one of its name. */
  limits?: Readonly<Record<string, number>>;
  /** Published in `/realtime/config`, as `limits` are. */
  features?: Readonly<Record<string, boolean>>;
  /** Opens the store, which is closed with the application; a memory store when undefined. */
  openStore?: () => Promise<Store>;
  /** Options of Socket.IO's server; the framework sets the others itself. */
  socketio?: SocketIoOptions;
  /**
   * Makes Socket.IO's adapter for the store, for applications that reach sockets of other processes through Socket.IO
   * itself; without it Socket.IO's operations reach the sockets of this process only.
   */
  socketIoAdapter?: (store: Store) => ServerOptions['adapter'] | undefined;
  /** The path of the flag file with the initial stages; without it, every service begins at `legacy`. */
  flagsFile?: string;
  /** The path of the file with the thresholds of each service; where it is missing, no service goes back by itself. */
  sloFile?: string;
  /** How often a rollout plan is looked at; how far it is, is stored at every second look. */
  planLookMs?: number;
  /** The bearer token of the admin API, which is closed when undefined. */
  adminToken?: string;
  /** A service is retired without force only after so many days without a connection on its old wire, 0 for any time. */
  retireAfterDays?: number;
  /** The percentage of a service's clients that compare the new wire with the old one in the stage `shadow`, 0 to 100. */
  shadowPercent?: number;
  /** An OpenFeature provider to use instead of the built-in one. */
  flagProvider?: Provider;
}

/** The settings that have no default: each turns something on. */
type OptionalSetting = 'flagsFile' | 'sloFile' | 'adminToken' | 'flagProvider' | 'socketIoAdapter';

/** The settings in force, each with its default where the application has set none. */
export type ResolvedOptions = Required<Omit<RealtimeOptions, OptionalSetting>> & Pick<RealtimeOptions, OptionalSetting>;

/** The injection token of the module's settings, which are `ResolvedOptions`. */
export const REALTIME_OPTIONS = Symbol('switchyard.options');
