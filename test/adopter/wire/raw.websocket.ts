import { RawConnection, takeHead } from './raw.connection.js';

/** A frame of a server: its kind, its bits, and its payload. */
export interface RawFrame {
  kind: string;
  /** The reserved bits, of which the first says that the payload is compressed. */
  rsv: number;
  fin: boolean;
  payload: Buffer;
}

const HANDSHAKE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'c3dpdGNoeWFyZC4uLi4uLg==',
};
const OPCODES = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/** A WebSocket whose every byte is seen; the handshake's key and the mask are always the same. */
export class RawWebSocket {
  private constructor(
    private readonly connection: RawConnection,
    /** The status line and the headers of the answer in their order, without the date. */
    readonly head: readonly string[],
  ) {}

  /** Sends the handshake and reads the head of its answer. */
  static async open(port: number, path: string, headers: Readonly<Record<string, string>> = {}): Promise<RawWebSocket> {
    const connection = await RawConnection.open(port);
    const lines = [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1'];
    for (const [name, value] of Object.entries({ ...HANDSHAKE, ...headers })) lines.push(`${name}: ${value}`);
    connection.send(`${lines.join('\r\n')}\r\n\r\n`);
    const head = await connection.until(takeHead);
    return new RawWebSocket(connection, head?.split('\r\n').filter((line) => !/^date:/i.test(line)) ?? ['no answer']);
  }

  get isOpen(): boolean {
    return this.head[0]?.includes(' 101 ') === true;
  }

  /** Sends a text or binary frame. */
  send(data: string | Buffer): void {
    this.sendFrame(typeof data === 'string' ? 'text' : 'binary', Buffer.from(data));
  }

  sendFrame(kind: keyof typeof OPCODES, payload: Buffer): void {
    const mask = Buffer.from([1, 2, 3, 4]);
    const masked = payload.map((byte, at) => byte ^ mask[at % 4]!);
    this.connection.send(Buffer.concat([Buffer.from([0x80 | OPCODES[kind]]), lengthOf(payload), mask, masked]));
  }

  /** The next frame; undefined when none comes. */
  receive(): Promise<RawFrame | undefined> {
    return this.connection.until(takeFrame);
  }

  /** What a refusal says after its head, and whether the server has ended the connection. */
  async refusal(): Promise<{ body: string; ended: boolean }> {
    const { bytes, ended } = await this.connection.rest();
    return { body: bytes.toString(), ended };
  }

  close(): void {
    this.connection.close();
  }
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 126) return Buffer.from([0x80 | length]);
  if (length < 65_536) return Buffer.from([0x80 | 126, length >> 8, length & 255]);
  const long = Buffer.alloc(9, 0);
  long[0] = 0x80 | 127;
  long.writeUInt32BE(length, 5);
  return long;
}

function takeFrame(received: Buffer): { value: RawFrame; size: number } | undefined {
  if (received.length < 2) return undefined;
  const [first, second] = [received[0]!, received[1]!];
  const extended = second === 126 ? 2 : second === 127 ? 8 : 0;
  if (received.length < 2 + extended) return undefined;
  const length = extended === 2 ? received.readUInt16BE(2) : extended ? Number(received.readBigUInt64BE(2)) : second;
  const size = 2 + extended + length;
  if (received.length < size) return undefined;
  const kind = Object.entries(OPCODES).find(([, opcode]) => opcode === (first & 15))?.[0] ?? `opcode ${first & 15}`;
  const payload = Buffer.from(received.subarray(2 + extended, size));
  return { value: { kind, fin: first >> 7 === 1, rsv: (first >> 4) & 7, payload }, size };
}

/** The code and the reason in the payload of a close frame. */
export function closeText(payload: Buffer): string {
  return payload.length > 1 ? `${payload.readUInt16BE(0)} ${payload.toString('utf8', 2)}`.trim() : 'without a code';
}
