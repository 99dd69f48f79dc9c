import { fakeRealtime } from '@switchyard/client/testing';
import { McpLogsService } from './mcp-logs.client.js';
import { mcpLogs } from './mcp-logs.contract.js';
import type { LogHistory } from './server.log.js';

const entry = (message: string) => ({ timestamp: 't', level: 'INFO' as const, message, source: 'search' });
const stopped = { server_id: 'default', status: 'stopped' as const };

function start() {
  const { realtime, transport } = fakeRealtime(mcpLogs);
  const wire = transport(mcpLogs);
  const snapshot: LogHistory = { entries: [entry('a')], server_status: stopped };
  wire.admit = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot });
  let offset = 0;
  const emit = (event: string, payload: object, epoch = 'e') =>
    wire.emit('default', { event, payload, position: { epoch, offset: ++offset } });
  return { wire, emit, logs: new McpLogsService(realtime) };
}

it('the log client follows a log and the state of its server', async () => {
  const { wire, emit, logs } = start();
  const seen: string[] = [];
  const subscription = logs.logs().subscribe(({ entries, server_status }) => {
    seen.push(`${server_status.status} ${entries.map(({ message }) => message).join('')}`);
  });
  await wire.joined('default');
  emit('log_entry', entry('b'));
  emit('server_status', { ...stopped, status: 'running', pid: 1 });
  emit('logs_cleared', { server_id: 'default' });
  emit('log_entry', entry('c'));
  subscription.unsubscribe();
  expect(seen).toEqual(['stopped a', 'stopped ab', 'running ab', 'running ', 'running c']);
});

it('the log client keeps the last thousand lines', async () => {
  const { wire, emit, logs } = start();
  let entries: LogHistory['entries'] = [];
  const subscription = logs.logs().subscribe((history) => (entries = history.entries));
  await wire.joined('default');
  for (let count = 1; count <= 1005; count += 1) emit('log_entry', entry(String(count)));
  subscription.unsubscribe();
  expect([entries.length, entries[0]!.message]).toEqual([1000, '6']);
});

it('the log client starts, stops and clears a server, and calls its tools', async () => {
  const { wire, logs } = start();
  wire.answer = () => ({ ok: true, data: stopped });
  await expect(logs.start()).resolves.toEqual(stopped);
  await expect(logs.stop()).resolves.toEqual(stopped);
  await logs.clear();
  await logs.callTool('search', { query: 'points' });
  const server_id = 'default';
  expect(wire.calls).toMatchObject([
    { name: 'start_server', payload: { server_id } },
    { name: 'stop_server', payload: { server_id } },
    { name: 'clear_logs', payload: { server_id } },
    { name: 'call_tool', payload: { server_id, tool: 'search', arguments: { query: 'points' } } },
  ]);
});
