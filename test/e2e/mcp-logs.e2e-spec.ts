import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import type { JoinReply, Reply } from '@switchyard/contract';
import { openLmdbStore } from '@switchyard/store-lmdb';
import type { LogEntry, LogHistory, ServerStatus, ToolAnswer } from '@switchyard/services';
import { Corpus } from '../../src/corpus/index.js';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';

async function request<T>(app: TestApp, method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${app.url}/api/mcp/${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return (await response.json()) as T;
}

async function join(app: TestApp) {
  const socket = await openSocket(app.url, '/mcp-logs', { auth: { sdk: 'test' } }).connected();
  const joined = await socket.call<Reply<JoinReply<LogHistory>>>('join_logs', {});
  if (!joined.ok) throw new Error(joined.error.code);
  const state = async (wanted: ServerStatus['status']) => {
    const { args } = await socket.waitFor(({ event, args }) => {
      return event === 'server_status' && (args[0] as ServerStatus).status === wanted;
    }, wanted);
    return args[0] as ServerStatus;
  };
  return { socket, state, joined: joined.data };
}

describe('the MCP server and its log', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    const corpus = app.app.get(Corpus, { strict: false });
    await corpus.openSource({ source_id: 's', url: 'http://yard/', title: 'The yard', source_type: 'url' });
    const text = 'A retarder slows a rolling wagon.';
    const chunks = [{ heading: 'Retarders', text, word_count: 6 }];
    await corpus.putPage({ source_id: 's', url: 'http://yard/hump', title: 'The hump', text_length: 33, chunks });
    await corpus.settleSource('s');
  });
  afterAll(() => app.close());

  it('is not running at boot, and its tools cannot be called then', async () => {
    const { joined } = await join(app);
    expect(joined.snapshot).toEqual({ entries: [], server_status: { server_id: 'default', status: 'stopped' } });
    const { error } = await request<{ error: object }>(app, 'POST', 'tools/search', { query: 'x' });
    expect(error).toMatchObject({ code: 'server.stopped' });
  });

  it('searches the index, and logs every search without its secrets', async () => {
    const { socket, state } = await join(app);
    const started = await request<ServerStatus>(app, 'POST', 'start');
    expect(started).toEqual({ server_id: 'default', status: 'running', pid: expect.any(Number) });
    expect(await request(app, 'POST', 'start')).toEqual(started);
    expect(await state('running')).toEqual(started);

    const found = await request<ToolAnswer>(app, 'POST', 'tools/search', { query: 'what slows a wagon' });
    expect(found).toEqual({
      content: [{ type: 'text', text: expect.stringContaining('A retarder slows a rolling wagon.') }],
      is_error: false,
    });
    const sources = await request<ToolAnswer>(app, 'POST', 'tools/list_sources');
    expect(sources.content[0]!.text).toBe('The yard (http://yard/): 1 passages, s');
    const bad = await request<ToolAnswer>(app, 'POST', 'tools/search', { query: '' });
    expect(bad).toMatchObject({ is_error: true, content: [{ text: expect.stringContaining('query must be a text') }] });

    await request(app, 'POST', 'tools/search', { query: 'password=hunter22 token: abc123' });
    const { args } = await socket.waitFor(({ args }) => JSON.stringify(args).includes('password'), 'the search');
    expect((args[0] as LogEntry).message).toMatch(/^search "password=\[redacted\] token: \[redacted\]"/);
    const { logs } = await request<{ logs: LogEntry[] }>(app, 'GET', 'logs');
    expect(JSON.stringify(logs)).not.toMatch(/hunter22|abc123/);
    expect(logs).toContainEqual({
      timestamp: expect.stringMatching(/Z$/),
      level: 'INFO',
      message: expect.stringMatching(/^search "what slows a wagon": 1 passages in \d+ ms$/),
      source: 'index',
    });
    expect((await request<{ logs: LogEntry[] }>(app, 'GET', 'logs?limit=2')).logs).toEqual(logs.slice(-2));
  });

  it.each(['0', '-1', 'x', '1001', '1.5'])('refuses a limit of %s', async (limit) => {
    const { error } = await request<{ error: object }>(app, 'GET', `logs?limit=${limit}`);
    expect(error).toMatchObject({ code: 'input.invalid' });
  });

  it('logs a crash with its exit code, and restarts', async () => {
    const { state } = await join(app);
    const { pid } = await request<ServerStatus>(app, 'POST', 'start');
    process.kill(pid!, 'SIGKILL');
    expect(await state('crashed')).toEqual({ server_id: 'default', status: 'crashed', exit_code: 137 });
    expect((await state('running')).pid).not.toBe(pid);
    expect(await request(app, 'POST', 'stop')).toMatchObject({ status: 'stopped', exit_code: 0 });
  });

  it('has an empty log and a new epoch once it was cleared', async () => {
    const { socket, joined } = await join(app);
    expect(joined.snapshot!.entries).not.toEqual([]);
    expect(await request(app, 'DELETE', 'logs')).toEqual({ server_id: 'default' });
    const [payload, position] = await socket.next('logs_cleared');
    expect(payload).toEqual({ server_id: 'default' });
    expect((position as { epoch: string }).epoch).not.toBe(joined.epoch);
    const again = await socket.call<Reply<JoinReply<LogHistory>>>('join_logs', { since: joined });
    expect(again).toMatchObject({ ok: true, data: { recovered: false, snapshot: { entries: [] } } });
  });

  it('is followed by old clients, which get a ping each second', async () => {
    const ws = await openWs(app.url, '/api/mcp/logs/stream').opened();
    expect(JSON.parse(await ws.next())).toEqual({ type: 'connection', data: { message: expect.any(String) } });
    const ping = await ws.waitFor((frame) => frame.includes('ping'), 'a ping');
    expect(JSON.parse(ping)).toEqual({ type: 'ping', data: { timestamp: expect.stringMatching(/Z$/) } });
  });

  it('runs only once', async () => {
    const { socket } = await join(app);
    const reply = { ok: false, error: expect.objectContaining({ code: 'room.not_found' }) };
    expect(await socket.call('join_logs', { server_id: 'another' })).toEqual(reply);
    for (const call of ['start_server', 'stop_server', 'clear_logs'])
      expect(await socket.call(call, { server_id: 'another' })).toEqual(reply);
  });

  it('starts and stops at once after it was stopped and started', async () => {
    for (let times = 0; times < 5; times += 1) {
      expect(await request<ServerStatus>(app, 'POST', 'start')).toMatchObject({ status: 'running' });
      const [, again] = await Promise.all(['stop', 'start'].map((to) => request<ServerStatus>(app, 'POST', to)));
      expect(['running', 'stopped']).toContain(again!.status);
      expect(await request<ServerStatus>(app, 'POST', 'stop')).toMatchObject({ status: 'stopped' });
    }
  });
});

it('an MCP server ends with the application, and its log continues in the next process without it', async () => {
  const data = await mkdtemp(path(tmpdir(), 'switchyard-'));
  const first = await startApp({ DATA_DIR: data });
  const { pid } = await request<ServerStatus>(first, 'POST', 'start');
  await first.close();
  expect(() => process.kill(pid!, 0)).toThrow();

  const store = await openLmdbStore(path(data, 'store'));
  expect(await store.documents.get('mcp_servers', 'default')).toMatchObject({ status: 'stopped', exit_code: 0 });
  const value = { server_id: 'default', status: 'running', pid: 1 };
  await store.documents.write([{ collection: 'mcp_servers', id: 'default', value }]);
  await store.close();

  const second = await startApp({ DATA_DIR: data });
  const { joined } = await join(second);
  expect(joined.snapshot!.server_status).toEqual({ server_id: 'default', status: 'stopped' });
  expect(joined.snapshot!.entries[0]!.message).toBe('Starting the server');
  expect(joined.snapshot!.entries.at(-1)!.message).toMatch(/^interrupted/);
  await second.close();
  await rm(data, { recursive: true, force: true });
});
