import { backlogOfSocket, type Backlog } from '../wires/backlog.js';
import type { WireConnection } from '../wires/wire.js';

/** How long a closed session of long polling waits for the poll that could tell its client, in ms. */
const LAST_POLL_MS = 300;

/** What the framework uses of one of engine.io's connections, which socket.io does not export. */
export interface EngineSocket {
  readonly id: string;
  /** Packets that wait for the transport, as text or bytes. */
  readonly writeBuffer: readonly { data?: string | Buffer }[];
  readonly transport: {
    /** The WebSocket of `ws`, when the connection is on one, with its private field that says whether the peer has said goodbye. */
    readonly socket?: { terminate(): void; readonly _closeFrameReceived?: boolean };
    /** How long a closed session of long polling waits for its next poll, in ms. */
    closeTimeout?: number;
  };
  /** Closes it; with `discard`, its unsent data is lost. */
  close(discard?: boolean): void;
}

/** One connection of the Socket.IO engine, with a client's sockets in all namespaces. */
export class EngineConnection implements WireConnection {
  constructor(private readonly engine: EngineSocket) {}

  get backlog(): Backlog {
    const { writeBuffer, transport } = this.engine;
    const waiting = writeBuffer.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
    const { bytes, level } = transport.socket ? backlogOfSocket(transport.socket) : { bytes: 0, level: 0 };
    return { bytes: waiting + bytes, level: waiting + level };
  }

  /** Closes it after its unsent data; its client comes back, which it does not after a `socket.disconnect()`. */
  close(): void {
    const { transport } = this.engine;
    if (transport.closeTimeout !== undefined) transport.closeTimeout = LAST_POLL_MS;
    this.engine.close();
  }

  terminate(): void {
    const { socket } = this.engine.transport;
    this.engine.close(true);
    // A close frame would wait behind everything that is stuck.
    socket?.terminate();
  }
}
