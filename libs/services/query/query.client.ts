import { ServiceClient, type Realtime } from '@switchyard/client';
import type { Observable } from 'rxjs';
import { query, type QueryTypes } from './query.contract.js';
import { foldQuery } from './query.fold.js';
import { queryLegacy } from './query.legacy.js';
import type { QueryState } from './query.state.js';

/** Runs queries and follows their steps. */
export class QueryStatusService extends ServiceClient<QueryTypes> {
  constructor(realtime: Realtime) {
    super(realtime, query, { legacy: queryLegacy });
  }

  /** What was asked under an id and how far it is; goes on from one query to the next. */
  status(ws_id: string): Observable<QueryState> {
    return this.room(ws_id).fold(foldQuery);
  }

  /** Runs a query; its steps and its result are told in `status`. */
  async run(ws_id: string, text: string): Promise<void> {
    await this.call('run_query', { ws_id, query: text });
  }
}
