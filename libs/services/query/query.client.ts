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

  /** Observes a query room across its queries. */
  status(ws_id: string): Observable<QueryState> {
    return this.room(ws_id).fold(foldQuery);
  }

  /** Runs a query; `status` shows its steps and result. */
  async run(ws_id: string, text: string): Promise<void> {
    await this.call('run_query', { ws_id, query: text });
  }
}
