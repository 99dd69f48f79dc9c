import { mcpLogs, type LogHistory } from '@switchyard/services';
import { call, poll, snapshotWhen, type BusyService } from './busy.service.js';

/** Starts and stops the server repeatedly. */
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
        const { status, pid } = (await poll<LogHistory>(server, mcpLogs, server_id)).snapshot!.server_status;
        if (status !== 'running') return;
        // A server that died with its process is not reported as running; this throws if none runs.
        process.kill(pid!, 0);
        await call(server, mcpLogs, 'stop_server', { server_id });
        await snapshotWhen<LogHistory>(
          server,
          mcpLogs,
          server_id,
          ({ server_status }) => server_status.status !== 'running',
        );
      },
    };
  },
};
