import { once } from 'node:events';
import { createServer, type AddressInfo, type ListenOptions, type Server, type Socket } from 'node:net';
import { until } from '../harness/until.js';
import { RawPeer } from './raw.peer.js';

/** The process behind a proxy, of which every byte is seen: it answers nothing by itself. */
export class RawUpstream {
  /** All connections that it got. */
  readonly peers: RawPeer[] = [];
  private taken = 0;

  private constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => this.peers.push(new RawPeer(socket)));
  }

  static async start(where: ListenOptions = { port: 0, host: '127.0.0.1' }): Promise<RawUpstream> {
    const upstream = new RawUpstream(createServer({ allowHalfOpen: true, noDelay: true }));
    await once(upstream.server.listen(where), 'listening');
    return upstream;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How many of its connections are open. */
  get open(): number {
    return this.peers.filter(({ socket }) => !socket.destroyed).length;
  }

  /** The next connection, once there is one. */
  async next(): Promise<RawPeer> {
    const at = this.taken++;
    await until('a connection', () => this.peers.length > at);
    return this.peers[at]!;
  }

  async close(): Promise<void> {
    for (const { socket } of this.peers) socket.destroy();
    if (this.server.listening) await once(this.server.close(), 'close');
  }
}
