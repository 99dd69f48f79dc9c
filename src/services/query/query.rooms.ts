import { Inject, Injectable } from '@nestjs/common';
import { Collection, STORE, type Store } from '@switchyard/server';
import { emptyQuery, type QueryState } from '@switchyard/services';
import { QueryReport, type Emit } from './query.report.js';

/** A query room as it is stored. */
interface StoredQuery {
  state: QueryState;
  /** Whose room it is; nobody's when undefined. */
  owner?: string;
}

/** The rooms of queries as they are stored. */
@Injectable()
export class QueryRooms extends Collection<StoredQuery> {
  constructor(@Inject(STORE) store: Store) {
    super(store, 'queries');
  }

  /** What is known of a room; an unknown one is empty. */
  async state(ws_id: string): Promise<QueryState> {
    return (await this.get(ws_id))?.state ?? emptyQuery(ws_id);
  }

  /** Whose room it is. */
  async ownerOf(ws_id: string): Promise<string | undefined> {
    return (await this.get(ws_id))?.owner;
  }

  /** The rooms in which a query is stored as running. */
  async busy(): Promise<string[]> {
    const states = (await this.list()).map(({ state }) => state);
    return states.filter(({ status }) => status === 'running').map(({ ws_id }) => ws_id);
  }

  /** A report that goes on from a state, and keeps what it tells. */
  report(state: QueryState, owner: string | undefined, emit: Emit): QueryReport {
    return new QueryReport(state, emit, (changed) =>
      this.write(changed.ws_id, { state: changed, ...(owner !== undefined && { owner }) }),
    );
  }
}
