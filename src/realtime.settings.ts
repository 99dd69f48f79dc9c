import { join, resolve } from 'node:path';
import { DEFAULT_OPTIONS, type RealtimeOptions } from '@switchyard/server';
import { socketIoAdapter } from '@switchyard/store-redis';
import type { JwtAuthenticator } from './auth/jwt.authenticator.js';
import type { AdminToken } from './config/admin-token.js';
import type { Environment } from './config/environment.js';
import { allowedOrigins } from './config/origins.js';
import { PROJECT_ROOT } from './config/project.root.js';
import { openStore } from './store/store.opening.js';

/** The keep-alive interval that old clients of the agent socket read, in milliseconds. */
const HEARTBEAT_INTERVAL_MS = 30_000;

const { callRate, joinRate } = DEFAULT_OPTIONS;

/** Builds the realtime module's settings from the environment; those that it does not name have the module's defaults. */
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
    roomRetentionMs: environment.ROOM_RETENTION_MS,
    retireAfterDays: environment.RETIRE_AFTER_DAYS,
    shadowPercent: environment.SHADOW_PERCENT,
    runLeaseMs: environment.RUN_LEASE_MS,
    presenceGraceMs: environment.PRESENCE_GRACE_MS,
    callRate: { ...callRate, limit: environment.RATE_LIMIT_MESSAGES },
    joinRate: { ...joinRate, limit: environment.RATE_LIMIT_JOINS },
    maxConnectionsPerUser: environment.MAX_CONNECTIONS_PER_USER,
    openStore: () => openStore(environment),
    socketIoAdapter,
    flagsFile: join(PROJECT_ROOT, 'migration/flags.json'),
    sloFile: resolve(PROJECT_ROOT, environment.SLO_FILE),
    ...(admin && { adminToken: admin.token }),
    limits: { heartbeat_interval: HEARTBEAT_INTERVAL_MS },
    features: { auth_required: environment.requiresAuth },
  };
}
