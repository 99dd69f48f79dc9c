import { Inject, Injectable } from '@nestjs/common';
import { STORE, type Store } from '@switchyard/server';
import { emptyQuery, type QueryState } from '@switchyard/services';
import { QueryReport, type Emit } from './query.report.js';

/** A query room as it is stored. */
interface StoredQuery {
  state: QueryState;
  /** Whose room it is; nobody's when undefined. */
  owner?: string;
}

const COLLECTION = 'queries';

/** The rooms of queries as they are stored. */
@Injectable()
export class QueryRooms {
  constructor(@Inject(STORE) private readonly store: Store) {}

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
    const states = (await this.store.documents.list<StoredQuery>(COLLECTION)).map(({ state }) => state);
    return states.filter(({ status }) => status === 'running').map(({ ws_id }) => ws_id);
  }

  /** A report that goes on from a state, and keeps what it tells. */
  report(state: QueryState, owner: string | undefined, emit: Emit): QueryReport {
    return new QueryReport(state, emit, (changed) => ({
      collection: COLLECTION,
      id: changed.ws_id,
      value: { state: changed, ...(owner !== undefined && { owner }) } satisfies StoredQuery,
    }));
  }

  private get(ws_id: string): Promise<StoredQuery | undefined> {
    return this.store.documents.get<StoredQuery>(COLLECTION, ws_id);
  }
}
