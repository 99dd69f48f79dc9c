import { Fault, RemoteFault, type ErrorBody, type RealtimeConfig, type Reply } from '@switchyard/contract';
import type { ServerClock } from '../clock/server.clock.js';
import { clientFault } from '../faults/client.faults.js';
import type { TokenKeeper } from '../identity/token.keeper.js';
import { flawOf } from './config.flaw.js';

/** What HTTP requests need from the page. */
export interface HttpApiOptions {
  url: string;
  clientId: string;
  tokens: TokenKeeper;
  fetch: typeof fetch;
  clock: ServerClock;
}

/** The server's answer to a request. */
export interface HttpAnswer {
  status: number;
  /** Undefined when it is no JSON. */
  body: unknown;
}

const ASK_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 60_000;

/** Sends HTTP requests to the server: for the configuration, polls, and calls of wires that carry none. */
export class HttpApi {
  readonly #closing = new AbortController();

  constructor(private readonly options: HttpApiOptions) {}

  /** @throws Fault `wire.lost`, `config.unusable`; RemoteFault when the request is refused */
  async config(): Promise<RealtimeConfig> {
    const sentAt = performance.now();
    const { status, body } = await this.ask('/realtime/config');
    const reason = status < 500 ? flawOf(body) : undefined;
    if (reason) throw clientFault('config.unusable', undefined, { status, reason });
    if (status !== 200) throw new Fault('wire.lost', { status });
    const config = body as RealtimeConfig;
    this.options.clock.observe(config.server_time, sentAt);
    return config;
  }

  /** Asks for something; @throws Fault `wire.lost`; RemoteFault when the request is refused */
  async ask(path: string, body?: object): Promise<HttpAnswer> {
    const answer = await this.#request(path, ASK_TIMEOUT_MS, body);
    const error = errorIn(answer);
    if (error) throw new RemoteFault(error);
    return answer;
  }

  /** @throws Fault `wire.lost` when no answer came before `abort`; a refusal is an answer. */
  async call(service: string, call: string, payload: object, abort: AbortSignal): Promise<Reply> {
    const answer = await this.#request(`/realtime/calls/${service}/${call}`, CALL_TIMEOUT_MS, payload, abort);
    const error = errorIn(answer);
    if (error) return { ok: false, error };
    if ((answer.body as Partial<Reply> | null)?.ok !== true) throw new Fault('wire.lost', { status: answer.status });
    return answer.body as Reply;
  }

  /** Sends a request and does not read the answer's body; rejects when `fetch` does. */
  open(
    path: string,
    token: string | undefined,
    body: object | undefined,
    signal: AbortSignal,
    keepalive = false,
  ): Promise<Response> {
    const { url, clientId, fetch } = this.options;
    return fetch(`${url}${path}?client_id=${clientId}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: body && JSON.stringify(body),
      signal,
      keepalive,
    });
  }

  close(): void {
    this.#closing.abort();
  }

  /** Sends a request, and sends it again with a new token when the server says that the first has expired. */
  async #request(path: string, timeoutMs: number, body?: object, abort = this.#closing.signal): Promise<HttpAnswer> {
    const { tokens } = this.options;
    const signal = AbortSignal.any([this.#closing.signal, abort, AbortSignal.timeout(timeoutMs)]);
    try {
      const token = await tokens.token();
      const answer = await this.#send(path, token, body, signal);
      if (!this.#isExpired(answer, token)) return answer;
      const fresh = tokens.renewable ? await tokens.renewed(token) : token;
      if (fresh === token) return answer;
      const second = await this.#send(path, fresh, body, signal);
      this.#isExpired(second, fresh);
      return second;
    } catch (cause) {
      throw new Fault('wire.lost', undefined, { cause });
    }
  }

  async #send(path: string, token: string | undefined, body: object | undefined, signal: AbortSignal) {
    const response = await this.open(path, token, body, signal);
    return { status: response.status, body: await response.json().catch(ifNoJson) };
  }

  /** Whether the server refused the token as expired; reports it to the keeper. */
  #isExpired(answer: HttpAnswer, token: string | undefined): boolean {
    const error = answer.status === 401 ? errorIn(answer) : undefined;
    if (error?.code !== 'auth.expired') return false;
    this.options.tokens.refused(token, new RemoteFault(error));
    return true;
  }
}

function errorIn({ body }: HttpAnswer): ErrorBody | undefined {
  const error = (body as { error?: ErrorBody } | null | undefined)?.error;
  return error?.code ? error : undefined;
}

/** Gives undefined for what is no JSON, such as the page of a proxy. */
function ifNoJson(thrown: Error): undefined {
  if (thrown.name !== 'SyntaxError') throw thrown;
}
