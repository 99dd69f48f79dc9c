import { Fault } from '@switchyard/contract';
import {
  BaseRunService,
  Call,
  RunLeases,
  Runs,
  ServiceGateway,
  isOpenTo,
  ownerOf,
  type Caller,
  legacy,
} from '@switchyard/server';
import { emptyQuery, query, queryLegacy, type QueryState } from '@switchyard/services';
import { RunQuery } from '@switchyard/services/query/query.dto';
import { QueryReporter } from './query.reporter.js';
import { QuerySettings } from './query.settings.js';
import { QueryStore, type StoredQuery } from './query.store.js';
import { QueryWorker } from './query.worker.js';

/** The query service: the caller names the room, and each room answers one query at a time. */
@ServiceGateway(query, { wires: [legacy(queryLegacy)] })
export class QueryGateway extends BaseRunService<typeof query, StoredQuery> {
  constructor(
    leases: RunLeases,
    settings: QuerySettings,
    protected override readonly store: QueryStore,
    private readonly worker: QueryWorker,
  ) {
    super(new Runs(leases, query.name, { limitMs: () => settings.timeoutMs }), store);
  }

  override snapshot(wsId: string): Promise<QueryState> {
    return this.store.state(wsId);
  }

  @Call('run_query')
  async run({ ws_id, query: text }: RunQuery, caller: Caller) {
    const owner = ownerOf(caller);
    const reporter = this.reporter({ state: emptyQuery(ws_id), ...(owner !== undefined && { owner }) });
    const isBegun = await this.runs.begin(
      ws_id,
      (signal) => this.worker.work({ ws_id, text, owner }, reporter, signal),
      () => reporter.step('validating'),
    );
    if (!isBegun) throw new Fault('query.busy', { ws_id });
    // The room belongs to the caller now: users who waited there for an earlier query have to leave.
    const strangers = (await this.members(ws_id)).filter((member) => !isOpenTo(member.caller, owner));
    await Promise.all(strangers.map(({ id }) => this.evict(id, ws_id)));
    return { ws_id, status: 'running' as const };
  }

  // The room stays open for the next query.
  protected override isLast({ event }: { event: string }): boolean {
    return event !== 'query_step';
  }

  protected override async endOrphan(stored: StoredQuery): Promise<void> {
    await this.reporter(stored).fail(new Fault('query.interrupted'));
  }

  private reporter(stored: StoredQuery): QueryReporter {
    return new QueryReporter(stored, this.store, this.publisherOf(stored.state.ws_id));
  }
}
