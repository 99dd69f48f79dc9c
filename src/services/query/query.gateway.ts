import type { OnApplicationBootstrap } from '@nestjs/common';
import { BaseRoomService, Call, ServiceGateway, isOpenTo, ownerOf, type Caller } from '@switchyard/server';
import { query, queryLegacy, type QueryState } from '@switchyard/services';
import { RunQuery } from '@switchyard/services/query/query.dto';
import type { Emit } from './query.report.js';
import { QueryRuns } from './query.runs.js';

/** Queries as seen from outside: each in a room that its caller names. */
@ServiceGateway(query, { legacy: [queryLegacy] })
export class QueryGateway extends BaseRoomService<typeof query> implements OnApplicationBootstrap {
  constructor(private readonly runs: QueryRuns) {
    super();
  }

  onApplicationBootstrap(): Promise<void> {
    return this.runs.endInterrupted((ws_id) => this.emitTo(ws_id));
  }

  override snapshot(wsId: string): Promise<QueryState> {
    return this.runs.state(wsId);
  }

  override async authorize(caller: Caller, wsId: string): Promise<boolean> {
    return isOpenTo(caller, await this.runs.ownerOf(wsId));
  }

  @Call('run_query')
  async run({ ws_id, query: text }: RunQuery, caller: Caller) {
    const owner = ownerOf(caller);
    this.runs.start(ws_id, text, owner, this.emitTo(ws_id));
    // The room is now its owner's: whoever waited there for somebody else's query has to go.
    const strangers = (await this.members(ws_id)).filter((member) => !isOpenTo(member.caller, owner));
    await Promise.all(strangers.map(({ id }) => this.leave(id, ws_id)));
    return { ws_id, status: 'running' as const };
  }

  private emitTo(ws_id: string): Emit {
    return (event, payload, writes) => this.publish(ws_id, event, payload, writes);
  }
}
