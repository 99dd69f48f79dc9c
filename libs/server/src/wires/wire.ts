import type { Type } from '@nestjs/common';
import type { ControlMessage } from '@switchyard/contract';
import type { RouteType } from '../routes/route.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import type { Backlog } from './backlog.js';

/** One open connection of a wire in this process. */
export interface WireConnection {
  /** Its unsent data. */
  readonly backlog: Backlog;
  /** Cuts the connection without waiting for its peer; the client can come back and resume. */
  terminate(): void;
}

/**
 * One way for clients to reach services, such as a Socket.IO namespace or an old WebSocket. An application has one
 * instance of each wire, which serves all services.
 */
export interface Wire {
  /** The name of the wire in the configuration and in statistics. */
  readonly name: string;
  /** Starts to serve the services; called once, before the HTTP server listens. */
  serve(services: readonly ServiceRuntime[]): void;
  /** The path at which clients reach a service on this wire; undefined when the wire does not serve it. */
  path(service: ServiceRuntime): string | undefined;
  /** The wire's open connections in this process; each keeps its identity from call to call. */
  connections(): Iterable<WireConnection>;
  /** Sends a control event to every connection in this process that understands it. */
  broadcast(message: ControlMessage): void;
  /** Whether requests for this path stay open until `close` ends them. */
  holds?(path: string): boolean;
  /** Closes every connection after its unsent data; clients come back. */
  close(): void;
}

/** The class of a wire, which Nest makes with its dependencies. */
export type WireType = Type<Wire>;

/** A wire that comes with the framework or with an application, with the HTTP routes that belong to it. */
export interface WirePlugin {
  type: WireType;
  routes?: readonly RouteType[];
}
