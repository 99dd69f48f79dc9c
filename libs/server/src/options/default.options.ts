import { MemoryStore } from '../store/memory/memory.store.js';
import type { RealtimeOptions, ResolvedOptions } from './realtime.options.js';

/** The settings in force where the application sets none. */
export const DEFAULT_OPTIONS = {
  pingIntervalMs: 25_000,
  pingTimeoutMs: 20_000,
  maxHttpBufferSize: 1_000_000,
  maxCallBytes: 10_240,
  maxBacklogBytes: 1_000_000,
  roomRetentionMs: 300_000,
  runLeaseMs: 10_000,
  authExpiringMs: 60_000,
  presenceGraceMs: 15_000,
  callRate: { limit: 60, window_ms: 60_000 },
  joinRate: { limit: 60, window_ms: 10_000 },
  // How many clients a user of an old product has at once, nobody can guess, and who is over a limit is closed.
  maxConnectionsPerUser: 0,
  maxUnauthenticatedSockets: 1000,
  planLookMs: 1000,
  retireAfterDays: 7,
  shadowPercent: 10,
} as const satisfies Partial<RealtimeOptions>;

/** What every client can rely on. */
const FEATURES = { json_first: true, heartbeat_supported: true, reconnection_supported: true };

/** Adds the defaults to settings that are valid. */
export function withDefaults({ limits, features, openStore, socketio, ...set }: RealtimeOptions): ResolvedOptions {
  const given = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
  const options = { ...DEFAULT_OPTIONS, ...given } as typeof DEFAULT_OPTIONS & typeof set;
  return {
    ...options,
    limits: { ...limitsInForce(options), ...limits },
    features: { ...FEATURES, ...features },
    openStore: openStore ?? (() => Promise.resolve(new MemoryStore())),
    socketio: socketio ?? {},
  };
}

/** The limits by the names under which clients read them. */
function limitsInForce(options: typeof DEFAULT_OPTIONS): Record<string, number> {
  const { callRate, joinRate } = options;
  return {
    max_connections_per_user: options.maxConnectionsPerUser,
    max_message_rate: callRate.limit,
    message_window_ms: callRate.window_ms,
    max_join_rate: joinRate.limit,
    join_window_ms: joinRate.window_ms,
    ping_interval_ms: options.pingIntervalMs,
    ping_timeout_ms: options.pingTimeoutMs,
    room_retention_ms: options.roomRetentionMs,
  };
}
