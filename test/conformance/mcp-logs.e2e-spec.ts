import type { JoinReply } from '@switchyard/contract';
import { mcpLogs, mcpLogsLegacy, type LogHistory } from '@switchyard/services';
import { startApp } from '../harness/app.js';
import { CANARY, serviceConformance } from './service.conformance.js';
import { until } from '../harness/until.js';

serviceConformance({
  contract: mcpLogs,
  codec: mcpLogsLegacy,
  badCall: { call: 'call_tool', payload: { server_id: 'default', tool: `no tool ${CANARY}` } },
  async start(settings) {
    const app = await startApp({ ...settings, RATE_LIMIT_MESSAGES: '0' });
    const post = async (path: string, body: object = {}) =>
      fetch(`${app.url}/api/mcp/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const head = async (): Promise<JoinReply<LogHistory>> =>
      (await (await fetch(`${app.url}/realtime/rooms/mcp-logs/default`)).json()) as JoinReply<LogHistory>;
    await post('start');

    return {
      url: app.url,
      // There is one server, so the old wire has no name for it.
      room: () => Promise.resolve('default'),
      async act() {
        const { offset } = await head();
        await post('tools/list_sources');
        // It logs its call and its results.
        await until('both lines', async () => (await head()).offset >= offset + 2);
      },
      close: () => app.close(),
    };
  },
});
