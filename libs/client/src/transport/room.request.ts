import type { PollRequest } from '@switchyard/contract';
import type { RoomSink } from './transport.js';

/** A room and its service, as HTTP wires ask for them. */
export interface RequestedRoom {
  service: { readonly name: string };
  room: RoomSink;
}

/** What an HTTP request asks for a room: everything after the room's position. */
export function roomRequest({ service, room }: RequestedRoom): PollRequest['rooms'][number] {
  const since = room.position();
  const { key, options } = room;
  return { service: service.name, key, ...(since && { since }), ...(options && { options }) };
}
