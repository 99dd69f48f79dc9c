import type { ContractEvent, Position, ServiceTypes } from '@switchyard/contract';

/** Who came or went, and how many are there. */
export interface Presence {
  room: string;
  user: string | null;
  members: number;
}

export const PRESENCE_EVENTS = ['member_joined', 'member_left'] as const;

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

/** About the room's members. */
export interface PresenceMessage {
  kind: 'presence';
  event: (typeof PRESENCE_EVENTS)[number];
  payload: Presence;
}

/** What a room tells. */
export type RoomMessage<T extends ServiceTypes = ServiceTypes> = SnapshotMessage<T> | EventMessage<T> | PresenceMessage;
