import { RawConnection, takeHead } from '../wire/raw.connection.js';

/** A request whose answer is recorded; header names as they are sent. */
export interface HttpRow {
  name: string;
  method?: string;
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Asks for an open connection after the answer. */
  keepAlive?: boolean;
  /** What the framework cannot keep so far. */
  notYet?: string;
}

/** Sends the request of a row and returns the answer's lines: the status, the headers in their order, the body. */
export async function recordHttp(port: number, row: HttpRow): Promise<string[]> {
  const { method = 'GET', path, headers = {}, body, keepAlive = false } = row;
  const connection = await RawConnection.open(port);
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Connection: ${keepAlive ? 'keep-alive' : 'close'}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  connection.send(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
  const head = await connection.until(takeHead);
  if (head === undefined) return ['no answer'];
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  const bytes = keepAlive
    ? await connection.until((received) =>
        received.length >= length ? { value: received.subarray(0, length), size: length } : undefined,
      )
    : (await connection.rest()).bytes;
  connection.close();
  return [...head.split('\r\n').filter(isRecorded), '', steady(bytes?.toString() ?? 'no body')];
}

const isRecorded = (line: string) => !/^date:/i.test(line);

/** A text without what is new each time: ids of Socket.IO. */
export function steady(text: string): string {
  return text.replaceAll(/(\\?"sid\\?":\\?")[\w-]+/g, '$1<sid>');
}
