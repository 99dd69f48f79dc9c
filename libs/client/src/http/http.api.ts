import {
  Fault,
  RemoteFault,
  type ErrorBody,
  type JoinReply,
  type PollRequest,
  type RealtimeConfig,
  type Reply,
  type WireName,
} from '@switchyard/contract';
import type { ServerClock } from '../clock/server.clock.js';
import type { TokenKeeper } from '../identity/token.keeper.js';

/** A room's part in the answer to a poll. */
export type PolledRoom = JoinReply | { error: ErrorBody };

/** The answer to `POST /realtime/rooms`, in the order asked. */
export interface PollReply {
  rooms: PolledRoom[];
  wires: Record<string, WireName>;
}

/** What the door needs to know of its page. */
export interface HttpApiOptions {
  url: string;
  clientId: string;
  tokens: TokenKeeper;
  fetch: typeof fetch;
  clock: ServerClock;
}

/** What the server answered to a request. */
interface HttpAnswer {
  status: number;
  body: unknown;
}

const ASK_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 60_000;

/** The server's HTTP side: configuration, polls, and calls for wires that carry none. */
export class HttpApi {
  private readonly closing = new AbortController();

  constructor(private readonly options: HttpApiOptions) {}

  /** @throws Fault `wire.lost` */
  async config(): Promise<RealtimeConfig> {
    const sentAt = performance.now();
    const { status, body } = await this.request('/realtime/config', ASK_TIMEOUT_MS);
    const config = body as RealtimeConfig | null;
    if (status !== 200 || !config?.services) throw new Fault('wire.lost', { status });
    this.options.clock.observe(config.server_time, sentAt);
    return config;
  }

  /** @throws Fault `wire.lost`; RemoteFault when the whole request is refused */
  async poll(rooms: PollRequest['rooms']): Promise<PollReply> {
    const { status, body } = await this.request('/realtime/rooms', ASK_TIMEOUT_MS, { rooms });
    const reply = body as (Partial<PollReply> & { error?: ErrorBody }) | null;
    if (reply?.error?.code) throw new RemoteFault(reply.error);
    if (status >= 300 || !Array.isArray(reply?.rooms)) throw new Fault('wire.lost', { status });
    this.options.tokens.accepted();
    return reply as PollReply;
  }

  /** @throws Fault `wire.lost` when there is no answer, or none was waited for any more; a refusal is an answer. */
  async call(service: string, call: string, payload: object, givenUp: AbortSignal): Promise<Reply> {
    const { status, body } = await this.request(
      `/realtime/calls/${service}/${call}`,
      CALL_TIMEOUT_MS,
      payload,
      givenUp,
    );
    const reply = body as Partial<Reply> | { error?: ErrorBody } | null;
    if (reply && 'ok' in reply && typeof reply.ok === 'boolean') return reply as Reply;
    if (reply && 'error' in reply && reply.error?.code) return { ok: false, error: reply.error };
    throw new Fault('wire.lost', { status });
  }

  /** Sends a request and leaves the body of the answer unread; rejects as `fetch` does. */
  open(path: string, token: string | undefined, body: object | undefined, signal: AbortSignal): Promise<Response> {
    const query = new URLSearchParams({ client_id: this.options.clientId });
    return this.options.fetch(`${this.options.url}${path}?${query}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: body && JSON.stringify(body),
      signal,
    });
  }

  close(): void {
    this.closing.abort();
  }

  /** Asks, and once more with a new token when the server finds that the one shown has expired. */
  private async request(
    path: string,
    timeoutMs: number,
    body?: object,
    givenUp = this.closing.signal,
  ): Promise<HttpAnswer> {
    const { tokens } = this.options;
    const signal = AbortSignal.any([this.closing.signal, givenUp, AbortSignal.timeout(timeoutMs)]);
    try {
      const token = await tokens.token();
      const answer = await this.send(path, token, body, signal);
      if (!this.isExpired(answer, token)) return answer;
      const fresh = tokens.renewable ? await tokens.renewed(token) : token;
      if (fresh === token) return answer;
      const second = await this.send(path, fresh, body, signal);
      this.isExpired(second, fresh);
      return second;
    } catch (cause) {
      throw new Fault('wire.lost', undefined, { cause });
    }
  }

  private async send(path: string, token: string | undefined, body: object | undefined, signal: AbortSignal) {
    const response = await this.open(path, token, body, signal);
    return { status: response.status, body: await response.json() };
  }

  /** Whether the server took the token for expired; the keeper is told. */
  private isExpired({ status, body }: HttpAnswer, token: string | undefined): boolean {
    const error = status === 401 ? (body as { error?: ErrorBody } | null)?.error : undefined;
    if (error?.code !== 'auth.expired') return false;
    this.options.tokens.refused(token, new RemoteFault(error));
    return true;
  }
}
