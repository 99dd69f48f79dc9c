import { randomUUID } from 'node:crypto';
import { query, queryLegacy, type QueryState } from '@switchyard/services';
import { call } from '../restart/busy.service.js';
import { uploadText, type ServiceRuns } from './service.runs.js';

/** A query in its own room. */
export const runs: ServiceRuns = {
  contract: query,
  legacy: queryLegacy,
  knowsEveryKey: true,
  // The results that HTTP callers may still fetch.
  remembered: { objects: 15, runs: 100 },
  isOver: ({ status }: QueryState) => status === 'completed' || status === 'failed',
  isLast: (event) => event === 'query_completed' || event === 'query_failed',
  async start(server) {
    await uploadText(server);
    let asked = 0;
    return {
      async begin() {
        const ws_id = randomUUID();
        await call(server, query, 'run_query', { ws_id, query: `What is retarder ${(asked += 1)}?` });
        return ws_id;
      },
    };
  },
};
