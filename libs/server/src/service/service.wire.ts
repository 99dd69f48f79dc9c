import type { ControlMessage, ErrorBody, LegacyClose, Position, WireName } from '@switchyard/contract';
import type { Delivery, DeliveryTarget } from '../room/delivery.js';
import type { RoomConnection } from '../room/room.connection.js';

/** One open connection of a service on one wire, in this process. */
export interface ServiceConnection extends RoomConnection {
  /** Whether its client understands control events; a client of an old wire without positions does not. */
  readonly takesControl: boolean;
  /** Whether its client is ours, which reads the configuration before it connects; false when undefined. */
  readonly isOurClient?: boolean;
  /** What the client says it is: the version of our client, or its user agent. */
  readonly agent?: string | undefined;
  control(message: ControlMessage): void;
  /** Ends it on an old wire that is retired, with the fault that says where to go; absent on wires that are never retired. */
  retire?(error: ErrorBody): void;
}

/** A path of a service that the framework does not serve by itself. */
export interface HostedPath {
  path: string;
  /** Who serves it: code of the host in this process, or a process that it is proxied to. */
  by: 'code' | 'process';
}

/** What delivers one service's events on one wire. */
export interface ServiceWire extends DeliveryTarget {
  /** The wire's name in statistics, which its callers have too. */
  readonly name: string;
  /** The name by which a stage advises clients to use the wire; undefined for one that no stage names, such as a fallback. */
  readonly advisedAs?: WireName;
  /** The path at which old code serves the wire; undefined for a wire that the framework serves. */
  readonly hosted?: HostedPath;
  /** The service's open connections on this wire. */
  connections(): Iterable<ServiceConnection>;
  /** Sends to one member; false when this wire does not know it. */
  send(memberId: string, room: string, delivery: Delivery): boolean;
  /** Whether this wire serves the member, and the member would not notice that events of the room are missing. */
  missesHoles(memberId: string, room: string): boolean;
  /**
   * Sends a member a snapshot as of `position` in place of events that are missing. Without a snapshot, or where the wire
   * has no word for it, its connection is closed so that it comes back.
   */
  restart(memberId: string, room: string, snapshot: object | undefined, position: Position): void;
  /** Takes a member out of a room's deliveries; a wire that closes its connection then does so with `close`, if given. */
  drop(memberId: string, room: string, close?: LegacyClose): void;
}
