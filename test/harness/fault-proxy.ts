import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { FaultPipe, type Faults } from './fault-pipe.js';

interface Pair {
  sockets: [near: Socket, far: Socket];
  pipes: FaultPipe[];
  blackHole: boolean;
}

/** A TCP proxy on 127.0.0.1 whose connections can be cut, frozen, slowed and refused. */
export class FaultProxy {
  private readonly pairs = new Set<Pair>();
  private readonly waiting = new Set<() => void>();
  private readonly faults: Faults = { delay_ms: 0, bytes_per_second: Infinity };
  private refusing = false;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (near) => this.accepted(near));
  }

  /** Opens a proxy on a free port in front of `target`, a port of 127.0.0.1. */
  static async to(target: number): Promise<FaultProxy> {
    // A peer that has ended its side may still be sent to; the pipes pass each end on by themselves.
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new FaultProxy(server, target);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How many connections the proxy holds, black holes included. */
  get connections(): number {
    return this.pairs.size;
  }

  /** Resolves as soon as the proxy holds exactly `count` connections. */
  async whenConnections(count: number): Promise<void> {
    while (this.pairs.size !== count) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  /** Ends every connection so that both peers notice at once. */
  cutClean(): void {
    for (const pair of this.pairs) this.drop(pair);
  }

  /** Turns every connection into a black hole: open for both peers, and nothing arrives any more. New ones work. */
  halfOpen(): void {
    for (const pair of this.pairs) {
      pair.blackHole = true;
      for (const pipe of pair.pipes) pipe.freeze();
    }
  }

  /** Makes everything sent from now on arrive `ms` later, in each direction; 0 ends it. */
  delay(ms: number): void {
    this.faults.delay_ms = ms;
  }

  /** Lets that many bytes through a second, for each connection and direction; Infinity ends it. */
  throttle(bytesPerSecond: number): void {
    this.faults.bytes_per_second = bytesPerSecond;
  }

  /** Resets every new connection; those that are open stay. */
  refuse(): void {
    this.refusing = true;
  }

  /** Takes new connections again. */
  accept(): void {
    this.refusing = false;
  }

  /** Ends every connection, and the proxy. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.cutClean();
    await closed;
  }

  private accepted(near: Socket): void {
    near.on('error', () => near.destroy());
    if (this.refusing) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    far.on('error', () => far.destroy());
    const pipes = [new FaultPipe(near, far, this.faults), new FaultPipe(far, near, this.faults)];
    const pair: Pair = { sockets: [near, far], pipes, blackHole: false };
    this.pairs.add(pair);
    this.changed();
    for (const socket of pair.sockets) socket.once('close', () => pair.blackHole || this.drop(pair));
  }

  private drop(pair: Pair): void {
    if (!this.pairs.delete(pair)) return;
    for (const pipe of pair.pipes) pipe.dispose();
    for (const socket of pair.sockets) socket.destroy();
    this.changed();
  }

  private changed(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
