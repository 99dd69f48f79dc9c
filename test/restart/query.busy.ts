import { notEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { query, type QueryState } from '@switchyard/services';
import { call, poll, snapshotWhen, type BusyService } from './busy.service.js';

/** Asks queries one by one in one room. */
export const busy: BusyService = {
  contract: query,
  async start(server) {
    const ws_id = randomUUID();
    const over = ({ status }: QueryState) => status !== 'running';
    let asked = 0;
    let answered = 0;
    return {
      key: ws_id,
      async act() {
        await call(server, query, 'run_query', { ws_id, query: `points and signals of yard ${(asked += 1)}` });
        await snapshotWhen<QueryState>(server, query, ws_id, over);
        answered += 1;
      },
      async check() {
        await snapshotWhen<QueryState>(server, query, ws_id, over);
        if (answered > 0) notEqual((await poll<QueryState>(server, query, ws_id)).snapshot!.status, 'idle');
      },
    };
  },
};
