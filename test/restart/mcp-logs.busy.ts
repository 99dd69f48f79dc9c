import { notEqual } from 'node:assert/strict';
import { mcpLogs, type LogHistory } from '@switchyard/services';
import { call, poll, type BusyService } from './busy.service.js';

/** Starts and stops the server, again and again. */
export const busy: BusyService = {
  contract: mcpLogs,
  async start(server) {
    const server_id = 'default';
    return {
      key: server_id,
      async act() {
        await call(server, mcpLogs, 'start_server', { server_id });
        await call(server, mcpLogs, 'stop_server', { server_id });
      },
      async check() {
        const { snapshot } = await poll<LogHistory>(server, mcpLogs, server_id);
        // It died with the process that started it.
        notEqual(snapshot!.server_status.status, 'running');
      },
    };
  },
};
