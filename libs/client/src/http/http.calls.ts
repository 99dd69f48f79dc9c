import type { Reply } from '@switchyard/contract';
import type { HttpApi } from './http.api.js';

/** The calls of a service over HTTP, for wires that carry none; closed, it gives up those that are out. */
export class HttpCalls {
  private readonly closing = new AbortController();

  constructor(
    private readonly http: Pick<HttpApi, 'call'>,
    private readonly service: string,
  ) {}

  /** @throws Fault `wire.lost` when there is no answer, or it was closed before; a refusal is an answer. */
  call(name: string, payload: object): Promise<Reply> {
    return this.http.call(this.service, name, payload, this.closing.signal);
  }

  close(): void {
    this.closing.abort();
  }
}
