import type { PollRequest } from '@switchyard/contract';
import type { RoomSink } from './transport.js';

/** A room and its service, for a request of an HTTP wire. */
export interface RequestedRoom<S extends { readonly name: string } = { readonly name: string }> {
  service: S;
  room: RoomSink;
}

/** Makes a room's part of an HTTP request, which asks for the events after the room's position. */
export function roomRequest({ service, room }: RequestedRoom): PollRequest['rooms'][number] {
  const since = room.position();
  const { key, options } = room;
  return { service: service.name, key, ...(since && { since }), ...(options && { options }) };
}
