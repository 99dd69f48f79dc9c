import { WebSocket, type ClientOptions, type RawData } from 'ws';
import { Inbox } from './inbox.js';

/** The close code and reason of a WebSocket. */
export interface Closed {
  code: number;
  reason: string;
}

/** The HTTP response that refused an upgrade. */
export interface UpgradeRefused {
  status: number;
  body: string;
}

type Life = { opened: true } | { refused: UpgradeRefused } | { failed: Error } | { closed: Closed };

/** The options of a plain WebSocket client. */
export interface WsOptions extends ClientOptions {
  /** The subprotocols that it offers. */
  protocols?: string[];
}

/** A plain WebSocket client that records its frames byte for byte. */
export class TestWs {
  readonly ws: WebSocket;
  private readonly inbox: Inbox<string>;
  private readonly life: Inbox<Life>;

  constructor(url: string, path: string, { protocols, ...options }: WsOptions = {}) {
    this.inbox = new Inbox(path);
    this.life = new Inbox(`the connection to ${path}`);
    this.ws = new WebSocket(url.replace(/^http/, 'ws') + path, protocols, options);
    this.ws.on('message', (data: RawData) => this.inbox.put((data as Buffer).toString('utf8')));
    this.ws.on('open', () => this.life.put({ opened: true }));
    this.ws.on('error', (failed) => this.life.put({ failed }));
    this.ws.on('close', (code, reason) => this.life.put({ closed: { code, reason: reason.toString() } }));
    this.ws.on('unexpected-response', (request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('close', () => {
        this.life.put({ refused: { status: response.statusCode ?? 0, body } });
        request.destroy();
      });
    });
  }

  /** The text of all frames so far, in order of arrival. */
  get frames(): readonly string[] {
    return this.inbox.all;
  }

  /** Resolves once open. @throws Error when the upgrade is refused or fails */
  async opened(): Promise<this> {
    const life = await this.life.take((item) => !('closed' in item), 'an upgrade');
    if ('refused' in life) throw new Error(`unable to upgrade; the server answered ${life.refused.status}`);
    if ('failed' in life) throw life.failed;
    return this;
  }

  /** Resolves to the HTTP response of a refused upgrade, or to undefined once open. @throws Error for other failures */
  async upgraded(): Promise<UpgradeRefused | undefined> {
    const life = await this.life.take((item) => !('closed' in item), 'an upgrade');
    if ('failed' in life) throw life.failed;
    return 'refused' in life ? life.refused : undefined;
  }

  /** Resolves to the HTTP response that refused the upgrade. */
  async refused(): Promise<UpgradeRefused> {
    const life = await this.life.take((item) => 'refused' in item, 'a refused upgrade');
    return (life as { refused: UpgradeRefused }).refused;
  }

  /** Resolves to the close code and reason. */
  async closed(): Promise<Closed> {
    const life = await this.life.take((item) => 'closed' in item, 'a close');
    return (life as { closed: Closed }).closed;
  }

  /** Sends a text unchanged, anything else as JSON. */
  send(frame: unknown): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Resolves to the text of the next frame. */
  next(): Promise<string> {
    return this.inbox.take(() => true, 'a frame');
  }

  /** Resolves to the next frame, parsed. */
  async nextJson<T = Record<string, unknown>>(): Promise<T> {
    return JSON.parse(await this.next()) as T;
  }

  /** Resolves to the text of the next frame that matches. */
  waitFor(wanted: (frame: string) => boolean, what?: string): Promise<string> {
    return this.inbox.take(wanted, what);
  }

  /** Terminates the connection. */
  async close(): Promise<void> {
    if (this.ws.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      this.ws.once('close', () => resolve()).terminate();
    });
  }
}
