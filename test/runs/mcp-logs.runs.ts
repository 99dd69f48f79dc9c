import { DEFAULT_SERVER, mcpLogs, mcpLogsLegacy, type LogHistory, type ServerStatus } from '@switchyard/services';
import { call } from '../restart/busy.service.js';
import type { ServiceRuns } from './service.runs.js';

const server_id = DEFAULT_SERVER;

/** A server that is started and stopped. */
export const runs: ServiceRuns = {
  contract: mcpLogs,
  legacy: mcpLogsLegacy,
  isAlone: true,
  isOver: ({ server_status }: LogHistory) => server_status.status === 'stopped',
  isLast: (event, payload) => event === 'server_status' && (payload as ServerStatus).status === 'stopped',
  start: (server) =>
    Promise.resolve({
      async begin() {
        await call(server, mcpLogs, 'start_server', { server_id });
        return server_id;
      },
      end: () => call(server, mcpLogs, 'stop_server', { server_id }),
    }),
};
