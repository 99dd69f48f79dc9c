import type { ContractEvent, Position, Presence, ServiceTypes } from '@switchyard/contract';

/** All there is to know about a room at a position, in place of everything told so far. */
export interface SnapshotMessage<T extends ServiceTypes = ServiceTypes> {
  kind: 'snapshot';
  snapshot: T['snapshot'];
  /** Absent on wires without positions. */
  position?: Position;
}

/** What happened on top of it; a volatile event has no position. */
export type EventMessage<T extends ServiceTypes = ServiceTypes> = {
  kind: 'event';
  position?: Position;
} & ContractEvent<T>;

/** How many people are in the room now, and who; without names in a large room, of which `listMembers` gives pages. */
export interface PresenceMessage extends Presence {
  kind: 'presence';
}

/** What a room tells. */
export type RoomMessage<T extends ServiceTypes = ServiceTypes> = SnapshotMessage<T> | EventMessage<T> | PresenceMessage;
