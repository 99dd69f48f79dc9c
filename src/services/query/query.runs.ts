import { Injectable, Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { RunAborted } from '@switchyard/server';
import type { QueryResult } from '@switchyard/services';
import { QueryAnswerer } from './query.answerer.js';
import type { QueryReport } from './query.report.js';
import { QueryRooms } from './query.rooms.js';

/** Results that can still be fetched by the requests that made the queries. */
const MAX_RESULTS = 100;

/** A query, who asked it, and in which room. */
interface AskedQuery {
  ws_id: string;
  text: string;
  owner: string | undefined;
}

/** Follows the queries of this process to their ends. */
@Injectable()
export class QueryRuns {
  private readonly logger = new Logger(QueryRuns.name);
  private readonly results = new Map<string, Promise<QueryResult>>();

  constructor(
    private readonly answerer: QueryAnswerer,
    private readonly rooms: QueryRooms,
  ) {}

  /** Answers a query, and tells that or why it could not be. */
  async follow(asked: AskedQuery, report: QueryReport, signal: AbortSignal): Promise<void> {
    const { ws_id } = asked;
    const result = this.answer(asked, report, signal);
    this.results.delete(ws_id);
    this.results.set(ws_id, result);
    for (const oldest of [...this.results.keys()].slice(0, -MAX_RESULTS)) this.results.delete(oldest);
    // Most callers follow the room instead.
    await result.catch(() => undefined);
  }

  /** The result of the query made last in a room, once it is there. @throws Fault as it failed */
  async result(ws_id: string): Promise<QueryResult | undefined> {
    return this.results.get(ws_id) ?? (await this.rooms.state(ws_id)).result;
  }

  private async answer({ text, owner }: AskedQuery, report: QueryReport, signal: AbortSignal): Promise<QueryResult> {
    try {
      const result = await this.answerer.answer(text, owner, report, signal);
      await report.complete(result);
      return result;
    } catch (thrown) {
      const fault = this.explain(thrown, signal);
      await report.fail(fault).catch((error: unknown) => this.logger.error(error));
      throw fault;
    }
  }

  private explain(thrown: unknown, signal: AbortSignal): Fault {
    const cut = RunAborted.of(signal);
    if (cut) return new Fault(`query.${cut}`);
    if (thrown instanceof Fault) return thrown;
    this.logger.error(thrown);
    return new Fault('query.failed', undefined, { cause: thrown });
  }
}
