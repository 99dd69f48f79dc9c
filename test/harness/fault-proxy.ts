import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { FaultPipe, type Faults } from './fault-pipe.js';

interface Pair {
  /** The client's socket, and the server's once it is connecting. */
  sockets: Socket[];
  pipes: FaultPipe[];
  blackHole: boolean;
}

/** A TCP proxy on 127.0.0.1 whose connections can be cut, frozen, slowed and refused; several targets take turns. */
export class FaultProxy {
  /** How many connections were refused. */
  refused = 0;
  private readonly pairs = new Set<Pair>();
  private readonly waiting = new Set<() => void>();
  private readonly faults: Faults = { delay_ms: 0, bytes_per_second: Infinity };
  private refusing = false;
  private turn = 0;

  private constructor(
    private readonly server: Server,
    private targets: readonly number[],
  ) {
    server.on('connection', (near) => this.accepted(near));
  }

  /** Opens a proxy on a free port in front of ports of 127.0.0.1; a connection goes to the next port that accepts it. */
  static async to(...targets: number[]): Promise<FaultProxy> {
    // A half-closed peer can still receive, so the pipes forward each end separately.
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new FaultProxy(server, targets);
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

  /** The number of open connections, including black holes. */
  get connections(): number {
    return this.pairs.size;
  }

  /** Resolves as soon as the proxy has exactly `count` connections. */
  async whenConnections(count: number): Promise<void> {
    while (this.pairs.size !== count) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  /** Sends new connections to other ports of 127.0.0.1; open ones stay. */
  aim(...targets: number[]): void {
    this.targets = targets;
  }

  /** Closes every connection, so that both peers notice at once. */
  cutClean(): void {
    for (const pair of this.pairs) this.drop(pair);
  }

  /** Closes each connection with a probability, decided by `random` (0 up to 1); returns the number closed. */
  cutShare(probability: number, random: () => number): number {
    const chosen = [...this.pairs].filter(() => random() < probability);
    for (const pair of chosen) this.drop(pair);
    return chosen.length;
  }

  /** Turns every open connection into a black hole that forwards nothing; new connections work. */
  halfOpen(): void {
    for (const pair of this.pairs) {
      pair.blackHole = true;
      for (const pipe of pair.pipes) pipe.freeze();
    }
  }

  /** Delays everything by `ms` in each direction; 0 removes the delay. */
  delay(ms: number): void {
    this.faults.delay_ms = ms;
  }

  /** Limits each connection and direction to that many bytes per second; Infinity removes the limit. */
  throttle(bytesPerSecond: number): void {
    this.faults.bytes_per_second = bytesPerSecond;
  }

  /** Resets every new connection; open ones stay. */
  refuse(): void {
    this.refusing = true;
  }

  /** Accepts new connections again. */
  accept(): void {
    this.refusing = false;
  }

  /** Closes every connection and the proxy. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.cutClean();
    await closed;
  }

  private accepted(near: Socket): void {
    near.on('error', () => near.destroy());
    if (this.refusing) {
      this.refused += 1;
      near.resetAndDestroy();
      return;
    }
    const pair: Pair = { sockets: [near], pipes: [], blackHole: false };
    this.pairs.add(pair);
    this.changed();
    near.once('close', () => pair.blackHole || this.drop(pair));
    this.turn += 1;
    this.reach(pair, near, this.turn, this.targets.length);
  }

  private reach(pair: Pair, near: Socket, turn: number, attempts: number): void {
    const port = this.targets[turn % this.targets.length]!;
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    pair.sockets = [near, far];
    let connected = false;
    far.once('connect', () => {
      connected = true;
      pair.pipes = [new FaultPipe(near, far, this.faults), new FaultPipe(far, near, this.faults)];
      if (pair.blackHole) for (const pipe of pair.pipes) pipe.freeze();
    });
    far.on('error', () => far.destroy());
    far.once('close', () => {
      if (pair.blackHole || !this.pairs.has(pair)) return;
      if (connected || attempts === 1) this.drop(pair);
      else this.reach(pair, near, turn + 1, attempts - 1);
    });
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
