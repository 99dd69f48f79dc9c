import type { ContractEvent } from '@switchyard/contract';
import type { QueryTypes } from './query.contract.js';
import type { QueryState } from './query.state.js';

/** Applies an event to a query room; the first step starts a new query. */
export function foldQuery(state: QueryState, { event, payload }: ContractEvent<QueryTypes>): QueryState {
  const { ws_id, steps } = state;
  if (event === 'query_completed') return { ws_id, status: 'completed', steps, result: payload };
  if (event === 'query_failed') return { ws_id, status: 'failed', steps, failure: payload };
  const isFirst = payload.step === 'validating' && !payload.failed;
  return { ws_id, status: 'running', steps: isFirst ? [payload] : [...steps, payload] };
}
