import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RealtimeConfig } from '@switchyard/contract';

/** The prefix of the HTTP routes behind the proxy, and the path of Socket.IO. */
export const PREFIX = '/api/v1';
const SOCKETIO_PATH = '/live/';

/** Serves a server's HTTP routes under a prefix and Socket.IO on another path, as the server itself may; 404 elsewhere. */
export class PrefixProxy {
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((request, response) => this.forward(request, response));

  private constructor(private readonly target: URL) {
    this.server.on('connection', (socket) => this.sockets.add(socket));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  static async to(url: string): Promise<PrefixProxy> {
    const proxy = new PrefixProxy(new URL(url));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.sockets.forEach((socket) => socket.destroy());
    await closed;
  }

  private forward(request: IncomingMessage, response: ServerResponse): void {
    const { method, headers, url = '' } = request;
    if (!url.startsWith(`${PREFIX}/realtime/`)) return void response.writeHead(404).end('<html>');
    const { hostname: host, port } = this.target;
    const path = url.slice(PREFIX.length);
    const options = { host, port, method, path, headers };
    const forwarded = send(options, (answer) => {
      response.writeHead(answer.statusCode!, { 'content-type': answer.headers['content-type'] });
      if (path.startsWith('/realtime/config')) void answer.toArray().then((chunks) => response.end(named(chunks)));
      else answer.pipe(response);
    });
    request.pipe(forwarded.on('error', () => response.destroy()));
  }

  private upgrade({ url = '', rawHeaders }: IncomingMessage, near: Duplex, head: Buffer): void {
    const isOld = url.startsWith('/old/');
    if (!isOld && !url.startsWith(SOCKETIO_PATH)) return void near.end('HTTP/1.1 404 Not Found\r\n\r\n');
    const path = isOld ? url : url.replace(SOCKETIO_PATH, '/socket.io/');
    const headers = rawHeaders.map((text, at) => (at % 2 ? `${text}\r\n` : `${text}: `)).join('');
    const far = connect(Number(this.target.port), this.target.hostname);
    far.write(`GET ${path} HTTP/1.1\r\n${headers}\r\n`);
    far.write(head);
    far.on('error', () => near.destroy()).pipe(near);
    near.on('error', () => far.destroy()).once('close', () => far.destroy());
    near.pipe(far);
  }
}

/** The configuration with the path of Socket.IO. */
function named(chunks: Buffer[]): string {
  const config = JSON.parse(Buffer.concat(chunks).toString()) as RealtimeConfig;
  return JSON.stringify({ ...config, socketio_path: SOCKETIO_PATH });
}
