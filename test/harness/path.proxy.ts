import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * How a wire dies. *refuse*: its open connections are reset, and so is every new one; *hang*: its open connections are
 * reset, and new ones are accepted but never answered; *silence*: the open ones are not answered any more either.
 */
export type Death = 'refuse' | 'hang' | 'silence';

/** The ways in which a wire dies. */
export const DEATHS: readonly [Death, ...Death[]] = ['refuse', 'hang', 'silence'];

/** A request that a client sent through the proxy. */
export interface ProxiedRequest {
  readonly path: string;
  /** *refused*: reset by the proxy; *swallowed*: never answered. */
  readonly fate: 'passed' | 'refused' | 'swallowed';
  /** The status of the answer, once there is one. */
  status?: number;
}

/** A connection through the proxy. */
interface Line {
  near: Socket;
  far?: Socket;
  /** The request whose answer is awaited, or that upgraded the connection. */
  request?: ProxiedRequest;
  isUpgraded: boolean;
  isSilent: boolean;
}

const REQUEST_LINE = /^[A-Z]+ (\S+) HTTP\/1\.1\r\n/;
const STATUS_LINE = /^HTTP\/1\.1 (\d{3})/;

/** A TCP proxy on 127.0.0.1 that reads the line of each request, so that one wire can die while the others live. */
export class PathProxy {
  private readonly lines = new Set<Line>();
  private death?: Death;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
    /** Whether a path belongs to the wire that dies. */
    private readonly isMortal: (path: string) => boolean,
    /** Receives each request when it is sent. */
    private readonly observe: (request: ProxiedRequest) => void,
  ) {
    server.on('connection', (near) => this.accept(near));
  }

  /** Opens a proxy on a free port in front of a port of 127.0.0.1. */
  static async to(
    port: number,
    isMortal: (path: string) => boolean,
    observe: (request: ProxiedRequest) => void = () => undefined,
  ): Promise<PathProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new PathProxy(server, port, isMortal, observe);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Lets the wire die; returns the number of its open connections. */
  kill(death: Death): number {
    this.death = death;
    const dying = this.mortals();
    for (const line of dying) {
      if (death === 'silence') line.isSilent = true;
      else this.drop(line);
    }
    return dying.length;
  }

  /** Lets the wire serve again; connections that were never answered are reset. */
  revive(): void {
    this.death = undefined;
    for (const line of this.lines) if (line.isSilent) this.drop(line);
  }

  /** Closes every connection and the proxy. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const line of this.lines) this.drop(line);
    await closed;
  }

  private mortals(): Line[] {
    return [...this.lines].filter(({ request }) => request && this.isMortal(request.path));
  }

  private accept(near: Socket): void {
    const line: Line = { near, isUpgraded: false, isSilent: false };
    this.lines.add(line);
    near.on('error', () => near.destroy()).once('close', () => this.drop(line));
    near.on('data', (chunk: Buffer) => this.send(line, chunk));
  }

  private send(line: Line, chunk: Buffer): void {
    const [, path] = line.isUpgraded ? [] : (REQUEST_LINE.exec(chunk.toString('latin1')) ?? []);
    if (path !== undefined) this.request(line, path);
    if (line.isSilent || !this.lines.has(line)) return;
    const far = (line.far ??= this.reach(line));
    if (!far.write(chunk)) line.near.pause();
  }

  private request(line: Line, path: string): void {
    const death = this.isMortal(path) ? this.death : undefined;
    const fate = death === undefined ? 'passed' : death === 'refuse' ? 'refused' : 'swallowed';
    line.request = { path, fate };
    line.isSilent = fate === 'swallowed';
    this.observe(line.request);
    if (fate === 'refused') this.drop(line);
  }

  private reach(line: Line): Socket {
    const far = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    // Not a reset, which would lose the end of an answer.
    far.on('error', () => far.destroy()).once('close', () => line.isSilent || line.near.end());
    far.on('drain', () => line.near.resume());
    far.on('data', (chunk: Buffer) => this.answer(line, chunk));
    line.near.on('drain', () => far.resume());
    return far;
  }

  private answer(line: Line, chunk: Buffer): void {
    if (line.isSilent) return;
    const { request, near, far } = line;
    if (request && request.status === undefined) {
      const status = Number(STATUS_LINE.exec(chunk.toString('latin1'))?.[1]);
      if (status) request.status = status;
      line.isUpgraded = status === 101;
    }
    if (!near.write(chunk)) far?.pause();
  }

  private drop(line: Line): void {
    if (!this.lines.delete(line)) return;
    line.near.resetAndDestroy();
    line.far?.destroy();
  }
}
