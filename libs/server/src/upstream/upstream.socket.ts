import type { LegacyFrame } from '@switchyard/contract';
import { WebSocket, type RawData } from 'ws';
import type { UpstreamEnd } from './upstream.end.js';
import type { UpstreamEndpoint } from './upstream.endpoint.js';
import type { UpstreamSettings } from './upstream.settings.js';

/** How long the old server may take to answer a close, in ms. */
const CLOSE_MS = 1000;

/** One frame of an old server. */
export interface UpstreamFrame {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** Takes what a socket brings, in order. */
export interface UpstreamListener {
  /** Called first; never rejects. */
  opened(): Promise<void>;
  /** Takes a frame, and never rejects. The next frame waits for the promise. */
  frame(frame: UpstreamFrame): Promise<void>;
  /** Called once, after the last frame. */
  ended(end: UpstreamEnd): void;
}

/** One WebSocket to an old server. It is read only as fast as its frames are taken, so that a flood costs bounded memory. */
export class UpstreamSocket {
  private readonly socket: WebSocket;
  private readonly frames: UpstreamFrame[] = [];
  private readonly pings: NodeJS.Timeout;
  private isTaking = false;
  private isAlive = true;
  private isClosed = false;
  private end: UpstreamEnd | undefined;

  /** @throws Error when the address, a header or a subprotocol cannot be used */
  constructor(
    { url, headers, protocols }: UpstreamEndpoint,
    private readonly settings: UpstreamSettings,
    private readonly listener: UpstreamListener,
  ) {
    const { openWithinMs, maxFrameBytes, pingEveryMs } = settings;
    this.socket = new WebSocket(url, [...(protocols ?? [])], {
      headers: { ...headers },
      handshakeTimeout: openWithinMs,
      maxPayload: maxFrameBytes,
      perMessageDeflate: false,
    });
    this.socket.on('open', () => void this.takeAll(listener.opened()));
    this.socket.on('message', (data, isBinary) => this.receive({ data: bytesOf(data), isBinary }));
    this.socket.on('unexpected-response', (_request, { statusCode: status }) => {
      this.end ??= { ...(status !== undefined && { status }) };
      this.socket.terminate();
    });
    this.socket.on('pong', () => (this.isAlive = true));
    // A close follows, which has no code of the old server then.
    this.socket.on('error', (error: Error & { code?: string }) => (this.end ??= { reason: error.code ?? error.name }));
    this.socket.on('close', (code) => this.closed(code));
    this.pings = setInterval(() => this.ping(), pingEveryMs).unref();
  }

  /** Resolves once the frame is handed to the system. @throws Error when the socket is not open, or fails */
  send(frame: LegacyFrame): Promise<void> {
    const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
    return new Promise((resolve, reject) => this.socket.send(text, (error) => (error ? reject(error) : resolve())));
  }

  /** Ends the connection in order. */
  close(): void {
    this.end ??= {};
    this.socket.close(1000);
    setTimeout(() => this.socket.terminate(), CLOSE_MS).unref();
  }

  /** Cuts the connection, which has ended for this reason. */
  cut(reason: string): void {
    this.end ??= { reason };
    this.socket.terminate();
  }

  private receive(frame: UpstreamFrame): void {
    this.frames.push(frame);
    if (this.frames.length >= this.settings.maxWaitingFrames) this.socket.pause();
    if (!this.isTaking) void this.takeAll();
  }

  private async takeAll(before?: Promise<void>): Promise<void> {
    this.isTaking = true;
    await before;
    for (let frame = this.frames.shift(); frame; frame = this.frames.shift()) {
      await this.listener.frame(frame);
      if (this.socket.isPaused && this.frames.length < this.settings.maxWaitingFrames / 2) this.socket.resume();
    }
    this.isTaking = false;
    this.finish();
  }

  private closed(code: number): void {
    clearInterval(this.pings);
    this.end ??= { code };
    this.isClosed = true;
    this.finish();
  }

  private finish(): void {
    if (this.isClosed && !this.isTaking) this.listener.ended(this.end!);
  }

  private ping(): void {
    // A socket that is not read has no answer to show.
    if (this.socket.readyState !== WebSocket.OPEN || this.socket.isPaused) return;
    if (!this.isAlive) return this.cut('the old server did not answer a ping');
    this.isAlive = false;
    this.socket.ping();
  }
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
