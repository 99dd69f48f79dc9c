import { defineService } from '@switchyard/contract';
import type { RunQuery } from './query.dto.js';
import './query.faults.js';
import type { QueryFailure, QueryResult, QueryState, QueryStep } from './query.state.js';

/** The payload types of the query service. */
export interface QueryTypes {
  room: { ws_id: string };
  calls: { run_query: { payload: RunQuery; reply: { ws_id: string; status: 'running' } } };
  events: { query_step: QueryStep; query_completed: QueryResult; query_failed: QueryFailure };
  snapshot: QueryState;
}

/** The contract of the query service; no event is terminal, because a room serves several queries. */
export const query = defineService<QueryTypes>()({
  name: 'query',
  kind: 'log',
  room: { prefix: 'query', key: 'ws_id' },
  join: 'join_query',
  leave: 'leave_query',
  snapshot: 'query_state',
  calls: { run_query: {} },
  events: { query_step: {}, query_completed: {}, query_failed: {} },
});
