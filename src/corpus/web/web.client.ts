import { Agent, fetch, type Response } from 'undici';
import { anyAddress, exceptOwnPort, guardedConnector, isPublicAddress, type AddressPolicy } from './address.guard.js';
import { HostQueue } from './host.queue.js';
import { isDroppedConnection, toWebFailure, WebFailure } from './web.failure.js';

/** How the web is read; times in milliseconds. */
export interface WebSettings {
  /** Whether private and loopback addresses may be read too. */
  allowPrivate: boolean;
  /** A port of this machine that may be read all the same: the application's own, so that its sample can be. */
  ownPort?: number;
  /** Requests at once to one host. */
  concurrency: number;
  /** A longer body is not read to its end. */
  maxPageBytes: number;
  /** For a whole request, its body included. */
  requestTimeoutMs: number;
  userAgent: string;
  /** How long to wait before trying again what the server was too busy for, when it does not say. */
  retryDelayMs: number;
}

/** An answer; `body` is empty when the caller did not want it. */
export interface WebAnswer {
  url: string;
  status: number;
  headers: Pick<Headers, 'get'>;
  body: Buffer;
}

/** Looks at an answer's status and headers and says whether to read its body. */
export type WantsBody = (answer: Omit<WebAnswer, 'body'>) => boolean;

const BUSY = new Set([429, 503]);
const RETRIES = 2;
/** Asked to wait longer than this, the page is given up for this time. */
const LONGEST_RETRY_MS = 30_000;

/** Reads the web politely and safely: guarded addresses, limited size and time, few requests at once. Redirects are the caller's. */
export class WebClient {
  readonly hosts: HostQueue;
  private readonly agent: Agent;

  constructor(
    readonly settings: WebSettings,
    policy: AddressPolicy = settings.allowPrivate ? anyAddress : isPublicAddress,
    connect = guardedConnector(policy),
  ) {
    const { concurrency, ownPort } = settings;
    this.hosts = new HostQueue(concurrency);
    this.agent = new Agent({
      connect: ownPort === undefined ? connect : exceptOwnPort(connect, policy, ownPort),
      connections: concurrency,
    });
  }

  /**
   * Gets `url`, again after a while if the server is busy (429, 503), at once if the connection was dropped.
   *
   * @throws WebFailure when there is no usable answer; the signal's reason when it is aborted.
   */
  async get(url: string, signal: AbortSignal, wantsBody: WantsBody): Promise<WebAnswer> {
    const { host } = new URL(url);
    for (let tried = 0; ; tried += 1) {
      try {
        const answer = await this.hosts.run(host, signal, () => this.once(url, signal, wantsBody));
        const pause = BUSY.has(answer.status) ? this.pause(answer, tried) : undefined;
        if (tried >= RETRIES || pause === undefined || pause > LONGEST_RETRY_MS) return answer;
        this.hosts.hold(host, pause);
      } catch (thrown) {
        if (signal.aborted) throw signal.reason;
        const failure = toWebFailure(thrown);
        if (tried > 0 || !isDroppedConnection(failure)) throw failure;
      }
    }
  }

  /** Closes every connection. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  private pause({ headers }: WebAnswer, tried: number): number {
    const asked = headers.get('retry-after');
    if (asked === null) return this.settings.retryDelayMs * 2 ** tried;
    if (/^\d+$/.test(asked)) return Number(asked) * 1000;
    const at = Date.parse(asked);
    return Number.isNaN(at) ? this.settings.retryDelayMs : Math.max(0, at - Date.now());
  }

  private async once(url: string, signal: AbortSignal, wantsBody: WantsBody): Promise<WebAnswer> {
    const ended = new AbortController();
    const abort = () => ended.abort(signal.reason);
    const late = () => ended.abort(new WebFailure('temporary', this.tooSlow()));
    const timer = setTimeout(late, this.settings.requestTimeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      const response = await fetch(url, {
        dispatcher: this.agent,
        redirect: 'manual',
        signal: ended.signal,
        headers: {
          'user-agent': this.settings.userAgent,
          accept: 'text/html,application/xhtml+xml,text/markdown,text/plain;q=0.9,*/*;q=0.1',
        },
      });
      const head = { url, status: response.status, headers: response.headers };
      if (wantsBody(head)) return { ...head, body: await this.read(response) };
      await response.body?.cancel();
      return { ...head, body: Buffer.alloc(0) };
    } catch (thrown) {
      throw ended.signal.aborted ? ended.signal.reason : thrown;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  private async read(response: Response): Promise<Buffer> {
    const { maxPageBytes } = this.settings;
    const tooLarge = () => new WebFailure('unusable', `it is larger than ${(maxPageBytes / 2 ** 20).toFixed(1)} MB`);
    if (Number(response.headers.get('content-length') ?? 0) > maxPageBytes) {
      await response.body?.cancel();
      throw tooLarge();
    }
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      size += part.byteLength;
      // Leaving the loop cancels the body, so nothing more is received.
      if (size > maxPageBytes) throw tooLarge();
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  private tooSlow(): string {
    return `it took longer than ${Math.round(this.settings.requestTimeoutMs / 100) / 10} s`;
  }
}
