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
import { QueryRooms } from './query.rooms.js';
import { QueryRuns } from './query.runs.js';
import { QuerySettings } from './query.settings.js';

/** Queries as seen from outside: each in a room that its caller names. */
@ServiceGateway(query, { wires: [legacy(queryLegacy)] })
export class QueryGateway extends BaseRunService<typeof query, QueryState> {
  constructor(
    leases: RunLeases,
    settings: QuerySettings,
    private readonly rooms: QueryRooms,
    private readonly queries: QueryRuns,
  ) {
    super(new Runs(leases, query.name, { limitMs: () => settings.timeoutMs }));
  }

  override snapshot(wsId: string): Promise<QueryState> {
    return this.rooms.state(wsId);
  }

  override async authorize(caller: Caller, wsId: string): Promise<boolean> {
    return isOpenTo(caller, await this.rooms.ownerOf(wsId));
  }

  @Call('run_query')
  async run({ ws_id, query: text }: RunQuery, caller: Caller) {
    const owner = ownerOf(caller);
    const report = this.rooms.report(emptyQuery(ws_id), owner, this.emitTo(ws_id));
    const isBegun = await this.runs.begin(
      ws_id,
      (signal) => this.queries.follow({ ws_id, text, owner }, report, signal),
      () => report.step('validating'),
    );
    if (!isBegun) throw new Fault('query.busy', { ws_id });
    // The room is now its owner's: whoever waited there for somebody else's query has to go.
    const strangers = (await this.members(ws_id)).filter((member) => !isOpenTo(member.caller, owner));
    await Promise.all(strangers.map(({ id }) => this.evict(id, ws_id)));
    return { ws_id, status: 'running' as const };
  }

  // The room stays for the next query.
  protected override isLast({ event }: { event: string }): boolean {
    return event !== 'query_step';
  }

  protected override unfinished(): Promise<string[]> {
    return this.rooms.busy();
  }

  protected override async unfinishedRun(wsId: string): Promise<QueryState | undefined> {
    const state = await this.rooms.state(wsId);
    return state.status === 'running' ? state : undefined;
  }

  protected override async endOrphan(state: QueryState): Promise<void> {
    const { ws_id } = state;
    const report = this.rooms.report(state, await this.rooms.ownerOf(ws_id), this.emitTo(ws_id));
    await report.fail(new Fault('query.interrupted'));
  }
}
