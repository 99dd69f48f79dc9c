import { WebSocket, type ClientOptions, type RawData } from 'ws';
import { Inbox } from './inbox.js';

/** How a WebSocket ended. */
export interface Closed {
  code: number;
  reason: string;
}

/** How an upgrade was answered instead of being made. */
export interface UpgradeRefused {
  status: number;
  body: string;
}

type Life = { opened: true } | { refused: UpgradeRefused } | { failed: Error } | { closed: Closed };

/** A plain WebSocket client that remembers its frames as they came, byte for byte. */
export class TestWs {
  readonly ws: WebSocket;
  private readonly inbox: Inbox<string>;
  private readonly life: Inbox<Life>;

  constructor(url: string, path: string, options: ClientOptions = {}) {
    this.inbox = new Inbox(path);
    this.life = new Inbox(`the connection to ${path}`);
    this.ws = new WebSocket(url.replace(/^http/, 'ws') + path, options);
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

  /** The text of every frame so far, in order of arrival. */
  get frames(): readonly string[] {
    return this.inbox.all;
  }

  /** Resolves once open. @throws Error when the upgrade was refused or failed */
  async opened(): Promise<this> {
    const life = await this.life.take((item) => !('closed' in item), 'an upgrade');
    if ('refused' in life) throw new Error(`unable to upgrade; the server answered ${life.refused.status}`);
    if ('failed' in life) throw life.failed;
    return this;
  }

  /** The HTTP answer if the upgrade is refused, undefined once it is made. @throws Error when it failed otherwise */
  async upgraded(): Promise<UpgradeRefused | undefined> {
    const life = await this.life.take((item) => !('closed' in item), 'an upgrade');
    if ('failed' in life) throw life.failed;
    return 'refused' in life ? life.refused : undefined;
  }

  /** The HTTP answer with which the upgrade was refused. */
  async refused(): Promise<UpgradeRefused> {
    const life = await this.life.take((item) => 'refused' in item, 'a refused upgrade');
    return (life as { refused: UpgradeRefused }).refused;
  }

  /** The close code and reason, once closed. */
  async closed(): Promise<Closed> {
    const life = await this.life.take((item) => 'closed' in item, 'a close');
    return (life as { closed: Closed }).closed;
  }

  /** Sends text as it is, anything else as JSON. */
  send(frame: unknown): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The text of the next frame. */
  next(): Promise<string> {
    return this.inbox.take(() => true, 'a frame');
  }

  /** The next frame, parsed. */
  async nextJson<T = Record<string, unknown>>(): Promise<T> {
    return JSON.parse(await this.next()) as T;
  }

  /** The text of the next frame that fulfils the condition. */
  waitFor(wanted: (frame: string) => boolean, what?: string): Promise<string> {
    return this.inbox.take(wanted, what);
  }

  /** Ends the connection at once. */
  async close(): Promise<void> {
    if (this.ws.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      this.ws.once('close', () => resolve()).terminate();
    });
  }
}
