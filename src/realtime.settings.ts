import { join, resolve } from 'node:path';
import type { RealtimeOptions } from '@switchyard/server';
import { socketIoAdapter } from '@switchyard/store-redis';
import type { JwtAuthenticator } from './auth/jwt.authenticator.js';
import type { AdminToken } from './config/admin-token.js';
import type { Environment } from './config/environment.js';
import { allowedOrigins } from './config/origins.js';
import { PROJECT_ROOT } from './config/project.root.js';
import { openStore } from './store/store.opening.js';

/** The fixed size limits in bytes; a contract may set other limits for its calls. */
const MAX_CALL_BYTES = 10_240;
const MAX_HTTP_BUFFER_BYTES = 1_000_000;
const MAX_BACKLOG_BYTES = 1_000_000;

/** The rate windows in milliseconds: for calls, and for joins with polls. */
const CALL_WINDOW_MS = 60_000;
const JOIN_WINDOW_MS = 10_000;

/** The keep-alive interval that old clients of the agent socket read, in milliseconds. */
const HEARTBEAT_INTERVAL_MS = 30_000;

/** Builds the realtime module's settings from the environment. */
export function realtimeSettings(
  environment: Environment,
  authenticator: JwtAuthenticator,
  admin: AdminToken | undefined,
): RealtimeOptions {
  return {
    authenticate: (credentials) => authenticator.authenticate(credentials),
    allowedOrigins: allowedOrigins(environment),
    pingIntervalMs: environment.PING_INTERVAL_MS,
    pingTimeoutMs: environment.PING_TIMEOUT_MS,
    maxHttpBufferSize: MAX_HTTP_BUFFER_BYTES,
    maxCallBytes: MAX_CALL_BYTES,
    maxBacklogBytes: MAX_BACKLOG_BYTES,
    roomRetentionMs: environment.ROOM_RETENTION_MS,
    retireAfterDays: environment.RETIRE_AFTER_DAYS,
    shadowPercent: environment.SHADOW_PERCENT,
    runLeaseMs: environment.RUN_LEASE_MS,
    presenceGraceMs: environment.PRESENCE_GRACE_MS,
    callRate: { limit: environment.RATE_LIMIT_MESSAGES, window_ms: CALL_WINDOW_MS },
    joinRate: { limit: environment.RATE_LIMIT_JOINS, window_ms: JOIN_WINDOW_MS },
    maxConnectionsPerUser: environment.MAX_CONNECTIONS_PER_USER,
    openStore: () => openStore(environment),
    socketIoAdapter,
    flagsFile: join(PROJECT_ROOT, 'migration/flags.json'),
    sloFile: resolve(PROJECT_ROOT, environment.SLO_FILE),
    ...(admin && { adminToken: admin.token }),
    limits: {
      max_connections_per_user: environment.MAX_CONNECTIONS_PER_USER,
      max_message_rate: environment.RATE_LIMIT_MESSAGES,
      message_window_ms: CALL_WINDOW_MS,
      max_join_rate: environment.RATE_LIMIT_JOINS,
      join_window_ms: JOIN_WINDOW_MS,
      heartbeat_interval: HEARTBEAT_INTERVAL_MS,
      ping_interval_ms: environment.PING_INTERVAL_MS,
      ping_timeout_ms: environment.PING_TIMEOUT_MS,
      room_retention_ms: environment.ROOM_RETENTION_MS,
    },
    features: {
      json_first: true,
      auth_required: environment.requiresAuth,
      heartbeat_supported: true,
      reconnection_supported: true,
    },
  };
}
