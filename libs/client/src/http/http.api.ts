import {
  Fault,
  RemoteFault,
  STATS_PATH,
  type ErrorBody,
  type JoinReply,
  type PollRequest,
  type RealtimeConfig,
  type Reply,
  type StatsReply,
  type StatsReport,
  type WireName,
} from '@switchyard/contract';
import type { ServerClock } from '../clock/server.clock.js';
import type { TokenKeeper } from '../identity/token.keeper.js';

/** The answer for one polled room: the reply to a join, or an error. */
export type PolledRoom = JoinReply | { error: ErrorBody };

/** The answer to `POST /realtime/rooms`, in the order asked. */
export interface PollReply {
  rooms: PolledRoom[];
  wires: Record<string, WireName>;
}

/** What HTTP requests need from the page. */
export interface HttpApiOptions {
  url: string;
  clientId: string;
  tokens: TokenKeeper;
  fetch: typeof fetch;
  clock: ServerClock;
}

/** The server's answer to a request. */
interface HttpAnswer {
  status: number;
  body: unknown;
}

const ASK_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 60_000;

/** How many characters a request that outlives its page may have: browsers refuse more than 64 KB of up to 3 bytes each. */
const MAX_KEEPALIVE = 20_000;

/** Sends HTTP requests to the server: for the configuration, polls, and calls of wires that carry none. */
export class HttpApi {
  private readonly closing = new AbortController();

  constructor(private readonly options: HttpApiOptions) {}

  /** @throws Fault `wire.lost`; RemoteFault when the request is refused */
  async config(): Promise<RealtimeConfig> {
    const sentAt = performance.now();
    const { status, body } = await this.request('/realtime/config', ASK_TIMEOUT_MS);
    const config = body as (RealtimeConfig & { error?: ErrorBody }) | null;
    if (config?.error?.code) throw new RemoteFault(config.error);
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

  /** @throws Fault `wire.lost` when no answer came before `abort`; a refusal is an answer. */
  async call(service: string, call: string, payload: object, abort: AbortSignal): Promise<Reply> {
    const { status, body } = await this.request(`/realtime/calls/${service}/${call}`, CALL_TIMEOUT_MS, payload, abort);
    const reply = body as Partial<Reply> | { error?: ErrorBody } | null;
    if (reply && 'ok' in reply && typeof reply.ok === 'boolean') return reply as Reply;
    if (reply && 'error' in reply && reply.error?.code) return { ok: false, error: reply.error };
    throw new Fault('wire.lost', { status });
  }

  /** Sends a request and does not read the answer's body; rejects when `fetch` does. */
  open(
    path: string,
    token: string | undefined,
    body: object | undefined,
    signal: AbortSignal,
    keepalive = false,
  ): Promise<Response> {
    const query = new URLSearchParams({ client_id: this.options.clientId });
    const text = body && JSON.stringify(body);
    return this.options.fetch(`${this.options.url}${path}?${query}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: text,
      signal,
      keepalive: keepalive && text!.length < MAX_KEEPALIVE,
    });
  }

  /** Reports what the page has seen, also while it is left; rejects when the report did not arrive. */
  async report(report: StatsReport): Promise<StatsReply | null> {
    const token = await this.options.tokens.token();
    const signal = AbortSignal.timeout(ASK_TIMEOUT_MS);
    const sentAt = performance.now();
    const response = await this.open(STATS_PATH, token, report, signal, true);
    if (response.status >= 500) throw new Fault('wire.lost');
    const reply = (await response.json().catch(() => null)) as StatsReply | null;
    this.options.clock.observe(reply?.server_time, sentAt);
    return reply;
  }

  close(): void {
    this.closing.abort();
  }

  /** Sends a request, and sends it again with a new token when the server says that the first has expired. */
  private async request(
    path: string,
    timeoutMs: number,
    body?: object,
    abort = this.closing.signal,
  ): Promise<HttpAnswer> {
    const { tokens } = this.options;
    const signal = AbortSignal.any([this.closing.signal, abort, AbortSignal.timeout(timeoutMs)]);
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

  /** Whether the server refused the token as expired; reports it to the keeper. */
  private isExpired({ status, body }: HttpAnswer, token: string | undefined): boolean {
    const error = status === 401 ? (body as { error?: ErrorBody } | null)?.error : undefined;
    if (error?.code !== 'auth.expired') return false;
    this.options.tokens.refused(token, new RemoteFault(error));
    return true;
  }
}
