import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';
import type { RoomConnection } from '../room/room.connection.js';
import type { Caller } from '../caller/caller.js';
import type { EngineSocket } from './engine.connection.js';

/** What is kept with each socket. */
interface ConnectionData {
  caller: Caller;
  /** Whether our client is at the other end, which takes snapshots from the reply. */
  sdk: boolean;
  /** Whether events carry their position as second argument. */
  positions: boolean;
  /** Keys of the rooms it is in. */
  rooms: Set<string>;
}

export type Connection = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, ConnectionData>;
export type ServiceNamespace = Namespace<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, ConnectionData>;

/** The name of the Socket.IO room that holds the members of `room` who take events with or without positions. */
export function socketRoom(room: string, positions: boolean): string {
  return positions ? room : `${room}#bare`;
}

/** Ends the connection under a socket; its client comes back, which it does not after a `socket.disconnect()`. */
export function comeBack(socket: Connection): void {
  (socket.conn as unknown as EngineSocket).close();
}

/** A socket as a member of rooms. */
export function memberOf(socket: Connection): RoomConnection {
  return {
    id: socket.id,
    // Asked anew each time: its credential may be renewed while it is in a room, or on its way into one.
    get caller() {
      return socket.data.caller;
    },
  };
}
