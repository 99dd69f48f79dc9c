import { RawConnection, takeHead } from './raw.connection.js';
import { steady } from './http.row.js';

/** One step of a conversation: a frame that is sent, or a number of frames that are awaited. */
export type SocketStep = { send: string | Buffer } | { receive: number };

/** A handshake and what is said afterwards. */
export interface SocketRow {
  name: string;
  path: string;
  headers?: Readonly<Record<string, string>>;
  steps?: readonly SocketStep[];
  /** Why the answer may differ with the module. */
  mayDiffer?: string;
}

const HANDSHAKE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'c3dpdGNoeWFyZC4uLi4uLg==',
};
const OPCODES: Readonly<Record<number, string>> = { 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' };

/** Sends the handshake of a row, follows its steps, and returns the handshake's answer and every frame. */
export async function recordSocket(port: number, { path, headers = {}, steps = [] }: SocketRow): Promise<string[]> {
  const connection = await RawConnection.open(port);
  const lines = [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1'];
  for (const [name, value] of Object.entries({ ...HANDSHAKE, ...headers })) lines.push(`${name}: ${value}`);
  connection.send(`${lines.join('\r\n')}\r\n\r\n`);
  const head = await connection.until(takeHead);
  const answer = head?.split('\r\n').filter((line) => !/^date:/i.test(line)) ?? ['no answer'];
  if (!answer[0]?.includes(' 101 ')) {
    const { bytes, ended } = await connection.rest();
    connection.close();
    return [...answer, '', steady(bytes.toString()), ended ? 'ended' : 'left open'];
  }
  for (const step of steps) {
    if ('send' in step) connection.send(clientFrame(step.send));
    else
      for (let left = step.receive; left > 0; left -= 1)
        answer.push((await connection.until(takeFrame)) ?? 'no frame');
  }
  connection.close();
  return answer;
}

/** A frame as a client sends it, with a mask that is always the same. */
function clientFrame(data: string | Buffer): Buffer {
  const payload = Buffer.from(data);
  const mask = Buffer.from([1, 2, 3, 4]);
  const length = Buffer.from(
    payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255],
  );
  const masked = payload.map((byte, at) => byte ^ mask[at % 4]!);
  return Buffer.concat([Buffer.from([0x80 | (typeof data === 'string' ? 1 : 2)]), length, mask, masked]);
}

/** Takes one frame of a server and describes its bits and its bytes. */
function takeFrame(received: Buffer): { value: string; size: number } | undefined {
  if (received.length < 2) return undefined;
  const [first, second] = [received[0]!, received[1]!];
  const extended = second === 126 ? 2 : second === 127 ? 8 : 0;
  if (received.length < 2 + extended) return undefined;
  const length = extended === 2 ? received.readUInt16BE(2) : extended ? Number(received.readBigUInt64BE(2)) : second;
  const size = 2 + extended + length;
  if (received.length < size) return undefined;
  const payload = received.subarray(2 + extended, size);
  const kind = OPCODES[first & 15] ?? `opcode ${first & 15}`;
  const bits = `fin ${first >> 7} rsv ${(first >> 4) & 7}`;
  return { value: `${kind} ${bits} ${textOf(kind, (first >> 4) & 7, payload)}`, size };
}

function textOf(kind: string, rsv: number, payload: Buffer): string {
  if (kind === 'close' && payload.length > 1) return `${payload.readUInt16BE(0)} ${payload.toString('utf8', 2)}`;
  return kind === 'text' && !rsv ? steady(payload.toString()) : payload.toString('hex');
}
