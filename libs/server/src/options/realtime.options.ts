import type { Provider } from '@openfeature/server-sdk';
import type { ServerOptions } from 'socket.io';
import type { User } from '../caller/caller.js';
import type { RateLimit } from '../store/limit.store.js';
import type { Store } from '../store/store.js';

/** What a handshake brings to prove who is there. */
export interface Credentials {
  token?: string;
  cookie?: string;
}

/**
 * Tells who is behind a handshake; undefined for an anonymous client that may come in. Where what it was shown holds for
 * a time only, the user has `expires_at`: nothing is done for a connection or request after that.
 *
 * @throws Fault `auth.required`, `auth.invalid`, `auth.expired`, `auth.revoked`
 */
export type Authenticate = (credentials: Credentials) => Promise<User | undefined>;

/** The settings of the realtime module. Durations in ms, sizes in bytes; a limit of 0 is off. */
export interface RealtimeOptions {
  authenticate: Authenticate;
  /** Origins that browsers may come from; see `OriginPolicy` for patterns. */
  allowedOrigins: readonly string[];
  pingIntervalMs: number;
  pingTimeoutMs: number;
  /** The largest frame or body that is read; more where a contract allows a call that large. */
  maxHttpBufferSize: number;
  /** What a call may have beside the fields that its contract bounds: fields without a bound, and what an old wire adds. */
  maxCallBytes: number;
  /** How much may wait for one connection before it is closed, resumably. */
  maxBacklogBytes: number;
  /** How long a room's log outlives its last event. */
  roomRetentionMs: number;
  /** How long after its process died a run is ended by another process, at the most; 10 s when undefined. */
  runLeaseMs?: number;
  /** How long before its credential ends a connection is told so, half its time at the most; 60 s when undefined. */
  authExpiringMs?: number;
  /** How long somebody may be away from a room without having left it; 15 s when undefined. */
  presenceGraceMs?: number;
  /** How many calls one user may make, else one client, else one socket; no limit when undefined. */
  callRate?: RateLimit;
  /** The same for joins, and for polls of however many rooms. */
  joinRate?: RateLimit;
  /** How many clients one user may have connected, the oldest of which goes; no limit when undefined. */
  maxConnectionsPerUser?: number;
  /** Told to clients in `/realtime/config`. */
  limits: Readonly<Record<string, number>>;
  features: Readonly<Record<string, boolean>>;
  /** Opens the store in use, which is closed with the application; in memory when undefined. */
  openStore?: () => Promise<Store>;
  /**
   * Makes Socket.IO's adapter for the store in use, for applications that reach sockets of other processes with
   * Socket.IO's own operations; without it those reach the sockets of this process.
   */
  socketIoAdapter?: (store: Store) => ServerOptions['adapter'] | undefined;
  /** The flag file that stages are seeded from. */
  flagsFile?: string;
  /** Opens the admin API; closed when undefined. */
  adminToken?: string;
  /** Decides wires in place of the built-in flag provider. */
  flagProvider?: Provider;
}

/** The injection token of the module's settings. */
export const REALTIME_OPTIONS = Symbol('switchyard.options');
