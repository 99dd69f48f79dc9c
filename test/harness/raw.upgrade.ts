import { connect } from 'node:net';

/** One upgrade request, as it is written into the connection. */
export interface RawUpgrade {
  path: string;
  method?: string;
  key?: string;
}

/** The handshake that every request has, so that the accepted key is the same each time. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/**
 * Sends an upgrade request and resolves to every byte of the answer: until the connection ends, or to the end of the head of
 * an accepted upgrade.
 */
export function rawUpgrade(port: number, { path, method = 'GET', key = KEY }: RawUpgrade): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    const end = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('error', reject).on('end', end);
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      const head = answer.indexOf('\r\n\r\n');
      if (head < 0 || !answer.startsWith('HTTP/1.1 101')) return;
      answer = answer.slice(0, head);
      end();
    });
    const headers = ['Host: host', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    socket.write([`${method} ${path} HTTP/1.1`, ...headers, `Sec-WebSocket-Key: ${key}`, '', ''].join('\r\n'));
  });
}
