/** What the framework needs of one of engine.io's connections, which socket.io does not export. */
export interface EngineConnection {
  /** Packets that wait for the transport, as text or bytes. */
  readonly writeBuffer: readonly { data?: string | Buffer }[];
  readonly transport: {
    /** The WebSocket, when the connection is on one. */
    readonly socket?: { readonly bufferedAmount: number; terminate(): void };
  };
  /** Closes it; with `discard`, without sending what waits. */
  close(discard?: boolean): void;
}

/** How many bytes wait to be sent on a connection. */
export function backlogOf({ writeBuffer, transport }: EngineConnection): number {
  const waiting = writeBuffer.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  return waiting + (transport.socket?.bufferedAmount ?? 0);
}

/** Ends a connection that does not take what it is sent, in a way that its client comes back from. */
export function cutOff(connection: EngineConnection): void {
  const { socket } = connection.transport;
  connection.close(true);
  // A close frame would wait behind everything that is stuck.
  socket?.terminate();
}
