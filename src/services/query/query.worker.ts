import { Injectable, Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { RunAborted } from '@switchyard/server';
import type { QueryResult } from '@switchyard/services';
import { QueryAnswerer } from './query.answerer.js';
import type { QueryReporter } from './query.reporter.js';
import { QueryStore } from './query.store.js';

/** How many results wait for the HTTP requests that asked for them. */
const MAX_RESULTS = 100;

/** A query with its room and its owner. */
interface AskedQuery {
  ws_id: string;
  text: string;
  owner: string | undefined;
}

/** Answers queries, and keeps their results for the HTTP requests that asked for them. */
@Injectable()
export class QueryWorker {
  private readonly logger = new Logger(QueryWorker.name);
  private readonly results = new Map<string, Promise<QueryResult>>();

  constructor(
    private readonly answerer: QueryAnswerer,
    private readonly store: QueryStore,
  ) {}

  /** Answers a query, and publishes the answer or the failure. */
  async work(asked: AskedQuery, reporter: QueryReporter, signal: AbortSignal): Promise<void> {
    const { ws_id } = asked;
    const result = this.answer(asked, reporter, signal);
    this.results.delete(ws_id);
    this.results.set(ws_id, result);
    for (const oldest of [...this.results.keys()].slice(0, -MAX_RESULTS)) this.results.delete(oldest);
    // Most callers follow the room and do not wait for the result.
    await result.catch(() => undefined);
  }

  /** Waits for the result of the last query of a room. @throws the Fault with which it failed */
  async result(ws_id: string): Promise<QueryResult | undefined> {
    return this.results.get(ws_id) ?? (await this.store.state(ws_id)).result;
  }

  private async answer(
    { text, owner }: AskedQuery,
    reporter: QueryReporter,
    signal: AbortSignal,
  ): Promise<QueryResult> {
    try {
      const result = await this.answerer.answer(text, owner, reporter, signal);
      await reporter.complete(result);
      return result;
    } catch (thrown) {
      const fault = this.faultOf(thrown, signal);
      await reporter.fail(fault).catch((error: unknown) => this.logger.error(error));
      throw fault;
    }
  }

  private faultOf(thrown: unknown, signal: AbortSignal): Fault {
    const reason = RunAborted.of(signal);
    if (reason) return new Fault(`query.${reason}`);
    if (thrown instanceof Fault) return thrown;
    this.logger.error(thrown);
    return new Fault('query.failed', undefined, { cause: thrown });
  }
}
