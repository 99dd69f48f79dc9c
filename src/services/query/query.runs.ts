import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import { emptyQuery, type QueryResult, type QueryState } from '@switchyard/services';
import { QueryAnswerer } from './query.answerer.js';
import { QueryReport, type Emit } from './query.report.js';
import { QuerySettings } from './query.settings.js';

/** A query room as it is stored. */
interface StoredQuery {
  state: QueryState;
  /** Whose room it is; nobody's when undefined. */
  owner?: string;
}

/** What becomes of a query of this process. */
interface Life {
  owner: string | undefined;
  abort: AbortController;
  isOver: boolean;
}

/** A query of this process; `result` rejects with the Fault it failed with. */
interface Run extends Life {
  result: Promise<QueryResult>;
}

const COLLECTION = 'queries';
/** Queries that are over and whose result can still be fetched by the request that made them. */
const KEPT_RUNS = 100;

/** The queries of this process, one at a time in each room, and the rooms as they are stored. */
@Injectable()
export class QueryRuns implements OnModuleDestroy {
  private readonly logger = new Logger(QueryRuns.name);
  private readonly runs = new Map<string, Run>();

  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly answerer: QueryAnswerer,
    private readonly settings: QuerySettings,
  ) {}

  /** What is known of a room; an unknown one is empty. */
  async state(ws_id: string): Promise<QueryState> {
    return (await this.stored(ws_id))?.state ?? emptyQuery(ws_id);
  }

  /** Whose room it is. */
  async ownerOf(ws_id: string): Promise<string | undefined> {
    const run = this.runs.get(ws_id);
    return run ? run.owner : (await this.stored(ws_id))?.owner;
  }

  /** Runs a query in the background. @throws Fault `query.busy` */
  start(ws_id: string, query: string, owner: string | undefined, emit: Emit): void {
    if (this.runs.get(ws_id)?.isOver === false) throw new Fault('query.busy', { ws_id });
    this.forgetOldest();
    const life: Life = { owner, abort: new AbortController(), isOver: false };
    const result = this.run(ws_id, query, life, emit);
    // Most callers follow the room instead.
    result.catch(() => undefined);
    this.runs.delete(ws_id);
    this.runs.set(ws_id, Object.assign(life, { result }));
  }

  /** The result of the query made last in a room, once it is there. @throws Fault as it failed */
  async result(ws_id: string): Promise<QueryResult | undefined> {
    return this.runs.get(ws_id)?.result ?? (await this.state(ws_id)).result;
  }

  /** Ends the queries that died with an earlier process. */
  async endInterrupted(emitTo: (ws_id: string) => Emit): Promise<void> {
    for (const { state, owner } of await this.store.documents.list<StoredQuery>(COLLECTION)) {
      if (state.status !== 'running' || this.runs.has(state.ws_id)) continue;
      const { message: reason, help } = new Fault('query.interrupted');
      await this.report(state, owner, emitTo(state.ws_id)).fail({ reason, help });
    }
  }

  async onModuleDestroy(): Promise<void> {
    const runs = [...this.runs.values()].filter(({ isOver }) => !isOver);
    for (const { abort } of runs) abort.abort(new Fault('query.interrupted'));
    await Promise.allSettled(runs.map(({ result }) => result));
  }

  private async run(ws_id: string, query: string, life: Life, emit: Emit): Promise<QueryResult> {
    const { abort, owner } = life;
    const report = this.report(emptyQuery(ws_id), owner, emit);
    const timer = setTimeout(() => abort.abort(new Fault('query.timeout')), this.settings.timeoutMs);
    try {
      const result = await this.answerer.answer(query, owner, report, abort.signal);
      await report.complete(result);
      return result;
    } catch (thrown) {
      if (!(thrown instanceof Fault)) this.logger.error(thrown);
      const fault = thrown instanceof Fault ? thrown : new Fault('query.failed', undefined, { cause: thrown });
      await report
        .fail({ reason: fault.message, help: fault.help })
        .catch((error: unknown) => this.logger.error(error));
      throw fault;
    } finally {
      clearTimeout(timer);
      life.isOver = true;
    }
  }

  private forgetOldest(): void {
    const over = [...this.runs].filter(([, { isOver }]) => isOver);
    for (const [ws_id] of over.slice(0, Math.max(0, over.length - KEPT_RUNS))) this.runs.delete(ws_id);
  }

  private report(state: QueryState, owner: string | undefined, emit: Emit): QueryReport {
    const put = (changed: QueryState): DocumentWrite => ({
      collection: COLLECTION,
      id: changed.ws_id,
      value: { state: changed, ...(owner !== undefined && { owner }) } satisfies StoredQuery,
    });
    return new QueryReport(state, emit, put);
  }

  private stored(ws_id: string): Promise<StoredQuery | undefined> {
    return this.store.documents.get<StoredQuery>(COLLECTION, ws_id);
  }
}
