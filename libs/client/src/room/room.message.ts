import type { ContractEvent, Position, Presence, ServiceTypes } from '@switchyard/contract';

/** The whole state of a room at a position; it replaces all messages before it. */
export interface SnapshotMessage<T extends ServiceTypes = ServiceTypes> {
  kind: 'snapshot';
  snapshot: T['snapshot'];
  /** Absent on wires without positions. */
  position?: Position;
}

/** A change since the snapshot; a volatile event has no position. */
export type EventMessage<T extends ServiceTypes = ServiceTypes> = {
  kind: 'event';
  position?: Position;
} & ContractEvent<T>;

/** The number of people in the room and their names; a large room has only the number, and `listMembers` for the names. */
export interface PresenceMessage extends Presence {
  kind: 'presence';
}

/** A message from a room to its subscribers. */
export type RoomMessage<T extends ServiceTypes = ServiceTypes> = SnapshotMessage<T> | EventMessage<T> | PresenceMessage;
