import { backlogOfSocket, type Backlog } from '../backlog.js';

/** What the framework needs of one of engine.io's connections, which socket.io does not export. */
export interface EngineConnection {
  readonly id: string;
  /** Packets that wait for the transport, as text or bytes. */
  readonly writeBuffer: readonly { data?: string | Buffer }[];
  readonly transport: {
    /** The WebSocket, when the connection is on one. */
    readonly socket?: { terminate(): void };
    /** How long a long-polling session that is closed waits for its next poll, in ms. */
    closeTimeout?: number;
  };
  /** Closes it; with `discard`, without sending what waits. */
  close(discard?: boolean): void;
}

/** What waits to be sent on a connection. */
export function backlogOf({ writeBuffer, transport }: EngineConnection): Backlog {
  const waiting = writeBuffer.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  const { bytes, level } = transport.socket ? backlogOfSocket(transport.socket) : { bytes: 0, level: 0 };
  return { bytes: waiting + bytes, level: waiting + level };
}

/** Has a session of long polling wait no longer than `ms` for the poll that could tell its client of a close. */
export function limitClose({ transport }: EngineConnection, ms: number): void {
  if (transport.closeTimeout !== undefined) transport.closeTimeout = ms;
}

/** Ends a connection that does not take what it is sent, in a way that its client comes back from. */
export function cutOff(connection: EngineConnection): void {
  const { socket } = connection.transport;
  connection.close(true);
  // A close frame would wait behind everything that is stuck.
  socket?.terminate();
}
