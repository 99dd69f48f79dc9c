import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { FaultyStream, type FaultPlan, type InjectedFault, type PendingFault } from './stream.fault.js';
import type { FrameReader } from './wire.frame.js';

/** The headers that belong to one connection, or that `ws` writes itself. */
const OWN_HEADERS = /^(connection|upgrade|host|sec-websocket-.*)$/;

/** The wire that gets the faults; other connections pass unchanged. */
export interface FaultyWire {
  /** The beginning of the paths of its WebSockets. */
  path: string;
  read: FrameReader;
}

/** A proxy in front of a server, which gives the stream of one wire faults on demand. */
export class WireProxy {
  /** How many events came over the faulty wire. */
  events = 0;
  /** Answers of the proxy's own, by path. */
  readonly answers = new Map<string, { status: number; body: object }>();
  private closing: Promise<void> | undefined;
  private readonly pending: PendingFault[] = [];
  private readonly sockets = new Set<WebSocket>();
  private readonly acceptor = new WebSocketServer({ noServer: true });

  private constructor(
    private readonly server: Server,
    private readonly target: string,
    private readonly wire: FaultyWire,
  ) {
    server.on('request', (incoming, response) => this.forward(incoming, response));
    server.on('upgrade', (incoming, socket, head) => this.upgrade(incoming, socket, head));
  }

  /** Opens a proxy on a free port in front of the server at `target`. */
  static async to(target: string, wire: FaultyWire): Promise<WireProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new WireProxy(server, target, wire);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Gives the stream one fault; resolves to what was done, once it was. */
  inject(plan: FaultPlan): Promise<InjectedFault> {
    return new Promise((done) => this.pending.push({ ...plan, done }));
  }

  /** Cuts every connection of the faulty wire. */
  cut(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  /** Closes every connection and the proxy; a second call does nothing. */
  close(): Promise<void> {
    return (this.closing ??= this.shut());
  }

  private async shut(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.cut();
    this.acceptor.close();
    this.server.closeAllConnections();
    await closed;
  }

  private next(kind: 'event' | 'reply', room: string | undefined): PendingFault | undefined {
    if (kind === 'event') this.events += 1;
    const at = this.pending.findIndex(
      (plan) => (plan.kind === 'ack') === (kind === 'reply') && (!plan.room || !room || plan.room === room),
    );
    return at < 0 ? undefined : this.pending.splice(at, 1)[0];
  }

  private forward(incoming: IncomingMessage, response: ServerResponse): void {
    const { method, url = '/', headers } = incoming;
    const own = this.answers.get(url);
    if (own !== undefined) {
      response.writeHead(own.status, { 'content-type': 'application/json' }).end(JSON.stringify(own.body));
      return;
    }
    const onward = request(new URL(url, this.target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  }

  private upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { url = '/', headers } = incoming;
    const kept = Object.entries(headers).filter(([name]) => !OWN_HEADERS.test(name));
    const far = new WebSocket(new URL(url, this.target.replace(/^http/, 'ws')), {
      headers: Object.fromEntries(kept) as Record<string, string>,
      perMessageDeflate: false,
    });
    far.on('error', () => socket.destroy());
    far.once('unexpected-response', (_, { statusCode }) => socket.end(`HTTP/1.1 ${statusCode} Refused\r\n\r\n`));
    // The server may speak before the client's side is open.
    far.once('upgrade', () => far.pause());
    far.once('open', () =>
      this.acceptor.handleUpgrade(incoming, socket, head, (near) => {
        this.join(near, far, url.startsWith(this.wire.path));
        far.resume();
      }),
    );
  }

  private join(near: WebSocket, far: WebSocket, isFaulty: boolean): void {
    const send = (text: string) => near.send(text);
    const stream = isFaulty ? new FaultyStream(this.wire.read, (kind, room) => this.next(kind, room), send) : undefined;
    this.sockets.add(near);
    far.on('message', (data: RawData, isBinary) => {
      if (isBinary || !stream) near.send(data, { binary: isBinary });
      else stream.pass((data as Buffer).toString());
    });
    near.on('message', (data: RawData, isBinary) => far.send(data, { binary: isBinary }));
    near.on('error', () => near.terminate());
    near.once('close', (code, reason) => {
      stream?.close();
      this.sockets.delete(near);
      closeAs(far, code, reason);
    });
    far.once('close', (code, reason) => closeAs(near, code, reason));
  }
}

/** Closes one side as the other was closed; codes that no frame may have mean a lost connection. */
function closeAs(socket: WebSocket, code: number, reason: Buffer): void {
  if (code === 1005) socket.close();
  else if (code < 1004 || code > 1006) socket.close(code, reason);
  else socket.terminate();
}
