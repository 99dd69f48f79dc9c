import type { ErrorBody } from './fault.js';
import type { JoinReply } from './reply.js';
import type { Position } from './position.js';

/** What Switchyard adds to an old wire's frames for a client that asked with `?switchyard=1`, under the key `_sy`. */
export type LegacyEnvelope =
  | ({ event: 'joined' } & JoinReply)
  | { event: 'refused'; error: ErrorBody }
  /** The server is there; a client that hears nothing more within that time may take it for gone. */
  | { event: 'alive'; payload: { within_ms: number } }
  | ({ event: string; payload: unknown; room: string } & Partial<Position>)
  | { event: ControlEvent | 'service_error'; payload: unknown };

/** The events of the connection itself, reserved in every namespace. */
export const CONTROL_EVENTS = ['transport_switch', 'service_draining', 'auth_expiring'] as const;
export type ControlEvent = (typeof CONTROL_EVENTS)[number];

/** Payloads of the control events. */
export interface ControlPayloads {
  transport_switch: { service: string; to: Wire; reason: string };
  service_draining: { reconnect_in_ms: number };
  /** `expires_at` is Unix time in ms by the server's clock. */
  auth_expiring: { expires_at: number; expires_in_ms: number };
}

/** The name of a wire. A stage advises `socketio` or `legacy`, the service's old wire; other wires are fallbacks. */
export type Wire = string;
