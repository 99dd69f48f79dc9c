/** A WebSocket of `ws`, with the private fields that say how far a message was sent. */
interface Sending {
  readonly bufferedAmount: number;
  readonly _socket?: { readonly _handle?: { readonly writeQueueSize?: number } | null } | null;
}

/** What waits to be sent on a connection, in bytes. */
export interface Backlog {
  /** What is held in memory. */
  bytes: number;
  /** Falls while the peer takes what waits, also within one large message, and rises with what is added. */
  level: number;
}

/** What waits to be sent on a WebSocket. */
export function backlogOfSocket(socket: object): Backlog {
  const { bufferedAmount: bytes, _socket } = socket as Sending;
  // `bufferedAmount` counts a message whole until all of it was taken; only Node's own field says how much was.
  return { bytes, level: bytes + (_socket?._handle?.writeQueueSize ?? 0) };
}
