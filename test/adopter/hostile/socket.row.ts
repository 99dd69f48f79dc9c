import { closeText, RawWebSocket, type RawFrame } from '../wire/raw.websocket.js';
import { steady } from './http.row.js';

/** One step of a conversation: a frame that is sent, or a number of frames that are awaited. */
type SocketStep = { send: string | Buffer } | { receive: number };

/** A handshake and what is said afterwards. */
export interface SocketRow {
  name: string;
  path: string;
  headers?: Readonly<Record<string, string>>;
  steps?: readonly SocketStep[];
  /** Why the answer may differ with the module. */
  mayDiffer?: string;
  /** What the framework cannot keep so far. */
  notYet?: string;
}

/** Sends the handshake of a row, follows its steps, and returns the handshake's answer and every frame. */
export async function recordSocket(port: number, { path, headers, steps = [] }: SocketRow): Promise<string[]> {
  const socket = await RawWebSocket.open(port, path, headers);
  const lines = [...socket.head];
  try {
    if (!socket.isOpen) {
      const { body, ended } = await socket.refusal();
      return [...lines, '', steady(body), ended ? 'ended' : 'left open'];
    }
    for (const step of steps) {
      if ('send' in step) socket.send(step.send);
      else for (let left = step.receive; left > 0; left -= 1) lines.push(described(await socket.receive()));
    }
  } finally {
    socket.close();
  }
  return lines;
}

function described(frame: RawFrame | undefined): string {
  if (!frame) return 'no frame';
  const { kind, fin, rsv, payload } = frame;
  const isText = kind === 'text' && rsv === 0;
  const content = kind === 'close' ? closeText(payload) : isText ? steady(payload.toString()) : payload.toString('hex');
  return `${kind} fin ${Number(fin)} rsv ${rsv} ${content}`;
}
