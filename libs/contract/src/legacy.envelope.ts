import type { ErrorBody } from './fault.js';
import type { JoinReply } from './reply.js';
import type { Position } from './position.js';

/** The `_sy` field that an old wire's frames have for a client that connects with `?switchyard=1`. */
export type LegacyEnvelope =
  | ({ event: 'joined' } & JoinReply)
  | { event: 'refused'; error: ErrorBody }
  /** A heartbeat: without another frame within that time, the client may treat the connection as lost. */
  | { event: 'alive'; payload: { within_ms: number } }
  | ({ event: string; payload: unknown; room: string } & Partial<Position>)
  | { event: ControlEvent | 'service_error'; payload: unknown };

/** The events of the connection itself, reserved in every namespace. */
export const CONTROL_EVENTS = ['transport_switch', 'service_draining', 'upstream_changed', 'auth_expiring'] as const;
/** The name of a control event. */
export type ControlEvent = (typeof CONTROL_EVENTS)[number];

/** The payloads of the control events. */
export interface ControlPayloads {
  /** The client moves at a random moment within `within_ms` milliseconds. */
  transport_switch: { service: string; to: WireName; reason: string; within_ms: number };
  service_draining: { reconnect_in_ms: number };
  /** `expires_at` is Unix time in ms by the server's clock. */
  auth_expiring: { expires_at: number; expires_in_ms: number };
  /**
   * The old server behind a room of a bridge is `away`: the room stands still until it is `back`, with a new snapshot. The
   * next attempt to reach it begins in `retry_in_ms` milliseconds.
   */
  upstream_changed: { service: string; room: string; status: 'away' | 'back'; retry_in_ms?: number };
}

/** An event about connections, not about a room. */
export type ControlMessage = { [E in ControlEvent]: { event: E; payload: ControlPayloads[E] } }[ControlEvent];

/** The name of a wire: `socketio`, `legacy` for a service's old wire, or a fallback such as `sse` or `polling`. */
export type WireName = string;
