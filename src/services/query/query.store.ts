import { Inject, Injectable } from '@nestjs/common';
import { RunStore, STORE, type Store } from '@switchyard/server';
import { emptyQuery, type QueryState } from '@switchyard/services';

/** The last query of a room, as it is stored; without an owner the room is open to everybody. */
export interface StoredQuery {
  state: QueryState;
  owner?: string;
}

/** Stores the last query of each room. */
@Injectable()
export class QueryStore extends RunStore<StoredQuery> {
  constructor(@Inject(STORE) store: Store) {
    super(
      store,
      'queries',
      ({ state }) => state.ws_id,
      ({ state }) => state.status !== 'running',
    );
  }

  /** Returns the state of a room; a room without a query has an empty one. */
  async state(ws_id: string): Promise<QueryState> {
    return (await this.get(ws_id))?.state ?? emptyQuery(ws_id);
  }
}
