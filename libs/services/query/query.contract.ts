import { defineService } from '@switchyard/contract';
import type { RunQuery } from './query.dto.js';
import './query.faults.js';
import type { QueryFailure, QueryResult, QueryState, QueryStep } from './query.state.js';

export interface QueryTypes {
  room: { ws_id: string };
  calls: { run_query: { payload: RunQuery; reply: { ws_id: string; status: 'running' } } };
  events: { query_step: QueryStep; query_completed: QueryResult; query_failed: QueryFailure };
  snapshot: QueryState;
}

// No event is terminal: the room is its caller's, who may ask there again.
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
