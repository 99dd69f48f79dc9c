import type { WireName } from './legacy.envelope.js';

/** The stages of a service's migration, in order. */
export const STAGES = ['legacy', 'shadow', 'canary', 'socketio', 'retired'] as const;
/** A stage of a service's migration. */
export type Stage = (typeof STAGES)[number];

/** The stage of a service and its addresses. */
export interface ServiceAddress {
  wire: WireName;
  stage: Stage;
  namespace: string;
  legacy_path?: string;
  poll_path: string;
  /** The path of the service on each wire, by the wire's name. */
  wires?: Readonly<Record<string, string>>;
}

/** The answer to `GET /realtime/config?client_id=`, which a client reads before it connects. */
export interface RealtimeConfig {
  version: '1.0';
  server_time: string;
  client_id?: string;
  features: Record<string, boolean>;
  limits: Record<string, number>;
  services: Record<string, ServiceAddress>;
}

/** The body of `POST /realtime/rooms`, which polls several rooms at once. */
export interface PollRequest {
  rooms: { service: string; key: string; since?: { epoch: string; offset: number }; options?: object }[];
}

/** The migration state of a service, as `/admin/migration` returns it. */
export interface MigrationState {
  service: string;
  stage: Stage;
  /** Percentage of clients that use Socket.IO in `canary`, 0 to 100. */
  percent: number;
  closed: boolean;
  held: boolean;
  updated_at: string;
  updated_by: string;
  reason: string;
}
