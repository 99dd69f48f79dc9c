import type { Duplex } from 'node:stream';
import type { LegacyRefusal } from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { UnauthenticatedSockets } from '../limits/unauthenticated.sockets.js';
import { closeSocket } from './closing.js';

/** How long a refused client may take to answer the close, in ms. */
const CLOSE_MS = 3000;
/** How much a refused client may still send, in bytes. */
const MAX_BYTES = 65_536;

/** Refuses clients whose WebSocket is accepted: frames, a close, and a cut for those who do not answer it. */
export class RefusedSockets {
  constructor(private readonly sockets: UnauthenticatedSockets) {}

  /** Sends the frames and closes; `socket` is the connection below the WebSocket. */
  refuse(ws: WebSocket, socket: Duplex, { frames, close }: LegacyRefusal): void {
    const cut = () => ws.terminate();
    ws.on('error', cut);
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) cut();
    });
    for (const frame of frames) ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
    closeSocket(ws, close);
    const timer = setTimeout(cut, CLOSE_MS).unref();
    const leave = this.sockets.enter('refused', cut);
    ws.once('close', () => {
      clearTimeout(timer);
      leave();
    });
  }
}
