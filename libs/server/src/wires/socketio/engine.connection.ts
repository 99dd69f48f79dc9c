import { backlogOfSocket, type Backlog } from '../backlog.js';

/** What the framework needs of one of engine.io's connections, which socket.io does not export. */
export interface EngineConnection {
  readonly id: string;
  /** Packets that wait for the transport, as text or bytes. */
  readonly writeBuffer: readonly { data?: string | Buffer }[];
  readonly transport: {
    /** The WebSocket, when the connection is on one. */
    readonly socket?: { terminate(): void };
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

/** Ends a connection that does not take what it is sent, in a way that its client comes back from. */
export function cutOff(connection: EngineConnection): void {
  const { socket } = connection.transport;
  connection.close(true);
  // A close frame would wait behind everything that is stuck.
  socket?.terminate();
}
