import type { EventPosition } from '@switchyard/contract';
import { decodePacket, sinceOf, type SocketioDialect } from '../../socketio/socketio.dialect.js';

/** The dialect of a service in a namespace of its own. */
export const namespaceDialect: SocketioDialect = {
  wire: 'socketio',
  join: (room) => ['join_room', { ...room.options, room: room.name, ...sinceOf(room) }],
  leave: ({ name }) => ['leave_room', { room: name }],
  renew: (token) => ['reauthenticate', { token }],
  decode: (event, payload, at) => decodePacket(event, payload, at as EventPosition | undefined),
};
