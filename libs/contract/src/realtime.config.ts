import type { WireName } from './legacy.envelope.js';
import type { Stage } from './migration.js';

/** The stage of a service and its addresses. */
export interface ServiceAddress {
  wire: WireName;
  stage: Stage;
  /**
   * The wire that the stage says, for a page with old code of its own; absent unless code of the host serves an old path.
   * `wire` is for our client, which does not speak what that code speaks.
   */
  advised?: WireName;
  namespace: string;
  legacy_path?: string;
  /** Absent when rooms cannot be polled. */
  poll_path?: string;
  /** The path of the service on each wire, by the wire's name. */
  wires?: Readonly<Record<string, string>>;
  /** The wire that this client compares with its own, in the stage `shadow`; absent for clients that are not in the sample. */
  shadow?: WireName;
}

/** The answer to `GET /realtime/config?client_id=`, which a client reads before it connects. */
export interface RealtimeConfig {
  version: '1.0';
  server_time: string;
  client_id?: string;
  features: Record<string, boolean>;
  limits: Record<string, number>;
  /** The path of the Socket.IO server, with a slash at both ends; absent where it is `/socket.io/`. */
  socketio_path?: string;
  services: Record<string, ServiceAddress>;
}

/** The body of `POST /realtime/rooms`, which polls several rooms at once. */
export interface PollRequest {
  rooms: { service: string; key: string; since?: { epoch: string; offset: number }; options?: object }[];
}
