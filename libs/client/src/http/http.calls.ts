import type { Reply } from '@switchyard/contract';
import type { HttpApi } from './http.api.js';

/** Makes a service's calls over HTTP, for wires that carry none; closing aborts the calls in flight. */
export class HttpCalls {
  readonly #closing = new AbortController();

  constructor(
    private readonly http: Pick<HttpApi, 'call'>,
    private readonly service: string,
  ) {}

  /** @throws Fault `wire.lost` when no answer came before it was closed; a refusal is an answer. */
  call(name: string, payload: object): Promise<Reply> {
    return this.http.call(this.service, name, payload, this.#closing.signal);
  }

  close(): void {
    this.#closing.abort();
  }
}
