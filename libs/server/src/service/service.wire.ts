import type { Position } from '@switchyard/contract';
import type { Delivery, DeliveryTarget } from '../room/delivery.js';

/** What delivers one service's events on one wire. */
export interface ServiceWire extends DeliveryTarget {
  /** Sends to one member; false when this wire does not know it. */
  send(memberId: string, room: string, delivery: Delivery): boolean;
  /** Whether this wire serves the member, and the member would not notice that events of the room are missing. */
  missesHoles(memberId: string, room: string): boolean;
  /**
   * Sends a member a snapshot as of `position` in place of events that are missing. Without a snapshot, or where the wire
   * has no word for it, its connection is closed so that it comes back.
   */
  restart(memberId: string, room: string, snapshot: object | undefined, position: Position): void;
  /** Takes a member out of a room's deliveries. */
  drop(memberId: string, room: string): void;
}
