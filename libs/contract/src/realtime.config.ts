import type { Wire } from './legacy.envelope.js';

/** The stages of a service's migration, in order. */
export const STAGES = ['legacy', 'shadow', 'canary', 'socketio', 'retired'] as const;
export type Stage = (typeof STAGES)[number];

/** Where one service is and how a client reaches it. */
export interface ServiceAddress {
  wire: Wire;
  stage: Stage;
  namespace: string;
  legacy_path?: string;
  poll_path: string;
  /** The path of the service on each wire, by the wire's name. */
  wires?: Readonly<Record<string, string>>;
}

/** `GET /realtime/config?client_id=`: everything a client needs to know before it connects. */
export interface RealtimeConfig {
  version: '1.0';
  server_time: string;
  client_id?: string;
  features: Record<string, boolean>;
  limits: Record<string, number>;
  services: Record<string, ServiceAddress>;
}

/** `POST /realtime/rooms`: many rooms polled in one request. */
export interface PollRequest {
  rooms: { service: string; key: string; since?: { epoch: string; offset: number }; options?: object }[];
}

/** A service's place in its migration, as `/admin/migration` shows it. */
export interface MigrationState {
  service: string;
  stage: Stage;
  /** Share of clients told to use Socket.IO in `canary`, 0 to 100. */
  percent: number;
  closed: boolean;
  held: boolean;
  updated_at: string;
  updated_by: string;
  reason: string;
}
