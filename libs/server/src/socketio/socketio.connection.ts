import type { ControlMessage } from '@switchyard/contract';
import type { DefaultEventsMap, DisconnectReason, Namespace, Socket } from 'socket.io';
import type { Caller } from '../caller/caller.js';
import type { ServiceConnection } from '../service/service.wire.js';
import type { EngineSocket } from './engine.connection.js';

/** The data of each socket. */
interface ConnectionData {
  caller: Caller;
  agent: string | undefined;
  /** Whether the client is ours, which takes snapshots from the reply. */
  sdk: boolean;
  /** Whether events have their position as second argument. */
  positions: boolean;
  /** The keys of the rooms that it is in; their names on the root namespace. */
  rooms: Set<string>;
}

export type Connection = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, ConnectionData>;
export type ServiceNamespace = Namespace<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, ConnectionData>;

/** The name of the Socket.IO room for those members of `room` that take events with positions, or without. */
export function socketRoom(room: string, positions: boolean): string {
  return positions ? room : `${room}#bare`;
}

/** Ends the connection under a socket; its client comes back, which it does not after a `socket.disconnect()`. */
export function comeBack(socket: Connection): void {
  (socket.conn as unknown as EngineSocket).close();
}

/** Whether a socket that was disconnected was lost: its client has not said goodbye, nor has this process ended it. */
export function isLost(socket: Connection, reason: DisconnectReason): boolean {
  if (reason === 'ping timeout' || reason === 'transport error') return true;
  // With long polling, only a client that leaves closes its transport.
  const webSocket = (socket.conn as unknown as EngineSocket).transport.socket;
  return reason === 'transport close' && webSocket?._closeFrameReceived === false;
}

/** Sends one socket of a namespace a control event, where its client understands that. */
export type SendControl = (socket: Connection, message: ControlMessage) => void;

/** A socket as a connection of a service; `takesControl` says whether its client understands control events. */
export function connectionOf(
  socket: Connection,
  takesControl: (socket: Connection) => boolean,
  send: SendControl,
  retire?: ServiceConnection['retire'],
): ServiceConnection {
  return {
    ...(retire && { retire }),
    id: socket.id,
    // Both are read each time: the credential may be renewed, and positions asked for, while the socket is in a room.
    get caller() {
      return socket.data.caller;
    },
    get takesControl() {
      return takesControl(socket);
    },
    get isOurClient() {
      return socket.data.sdk;
    },
    get agent() {
      return socket.data.agent;
    },
    control: (message) => send(socket, message),
  };
}
