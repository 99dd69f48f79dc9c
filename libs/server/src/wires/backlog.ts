/** A WebSocket of `ws`, with the private fields that say how far a message was sent. */
interface Sending {
  readonly bufferedAmount: number;
  readonly _socket?: { readonly _handle?: { readonly writeQueueSize?: number } | null } | null;
}

/** The unsent data of a connection, in bytes. */
export interface Backlog {
  /** How much of it is in this process's memory. */
  bytes: number;
  /** Falls while the peer receives data, also within one large message, and rises when data is added. */
  level: number;
}

/** The unsent data of a WebSocket. */
export function backlogOfSocket(socket: object): Backlog {
  const { bufferedAmount: bytes, _socket } = socket as Sending;
  // `bufferedAmount` counts a message in full until the peer has all of it; only Node's own field shows progress within one.
  return { bytes, level: bytes + (_socket?._handle?.writeQueueSize ?? 0) };
}
