import { Agent, fetch, type Response } from 'undici';
import { anyAddress, exceptOwnPort, guardedConnector, isPublicAddress, type AddressPolicy } from './address.guard.js';
import { HostQueue } from './host.queue.js';
import { isDroppedConnection, toWebFailure, WebFailure } from './web.failure.js';

/** The settings of a web client; times are milliseconds. */
export interface WebSettings {
  /** Allows private and loopback addresses. */
  allowPrivate: boolean;
  /** A port of this machine that is always allowed: the application's own, which serves the sample. */
  ownPort?: number;
  /** The number of concurrent requests to one host. */
  concurrency: number;
  /** Longer bodies are rejected. */
  maxPageBytes: number;
  /** The limit for a whole request, including its body. */
  requestTimeoutMs: number;
  userAgent: string;
  /** The default delay before a retry when a busy server names none. */
  retryDelayMs: number;
}

/** A response; `body` is empty when the caller declined it. */
export interface WebAnswer {
  url: string;
  status: number;
  headers: Pick<Headers, 'get'>;
  body: Buffer;
}

/** Decides from a response's status and headers whether to read its body. */
export type WantsBody = (answer: Omit<WebAnswer, 'body'>) => boolean;

const BUSY_STATUSES = new Set([429, 503]);
const MAX_RETRIES = 2;
/** The longest delay before a retry; longer ones are not retried. */
const MAX_RETRY_DELAY_MS = 30_000;

/** Fetches web pages with guarded addresses and limited size, time and concurrency; redirects are left to the caller. */
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
   * Fetches `url`; retries after a delay if the server is busy (429, 503), and at once if the connection was dropped.
   *
   * @throws WebFailure without a usable response; the signal's reason when it is aborted
   */
  async get(url: string, signal: AbortSignal, wantsBody: WantsBody): Promise<WebAnswer> {
    const { host } = new URL(url);
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await this.hosts.run(host, signal, () => this.once(url, signal, wantsBody));
        const pause = BUSY_STATUSES.has(answer.status) ? this.pause(answer, attempt) : undefined;
        if (attempt >= MAX_RETRIES || pause === undefined || pause > MAX_RETRY_DELAY_MS) return answer;
        this.hosts.pause(host, pause);
      } catch (thrown) {
        if (signal.aborted) throw signal.reason;
        const failure = toWebFailure(thrown);
        if (attempt > 0 || !isDroppedConnection(failure)) throw failure;
      }
    }
  }

  /** Closes every connection. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  private pause({ headers }: WebAnswer, attempt: number): number {
    const retryAfter = headers.get('retry-after');
    if (retryAfter === null) return this.settings.retryDelayMs * 2 ** attempt;
    if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
    const at = Date.parse(retryAfter);
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
      // Leaving the loop cancels the body.
      if (size > maxPageBytes) throw tooLarge();
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  private tooSlow(): string {
    return `it took longer than ${Math.round(this.settings.requestTimeoutMs / 100) / 10} s`;
  }
}
