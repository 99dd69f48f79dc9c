/** A WebSocket as `ws` makes it, with what it does not say of itself. */
interface Sending {
  readonly bufferedAmount: number;
  readonly _socket?: { readonly _handle?: { readonly writeQueueSize?: number } | null } | null;
}

/** What a connection has yet to send, in bytes. */
export interface Backlog {
  /** What is held for it in memory. */
  bytes: number;
  /** Falls as the peer takes what waits, also of one large message, and rises with what is added. */
  level: number;
}

/** What waits to be sent on a WebSocket. */
export function backlogOfSocket(socket: object): Backlog {
  const { bufferedAmount: bytes, _socket } = socket as Sending;
  // A message counts whole until all of it was taken; how far that is Node tells only itself (its time-outs look here).
  return { bytes, level: bytes + (_socket?._handle?.writeQueueSize ?? 0) };
}
