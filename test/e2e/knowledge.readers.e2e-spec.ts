import type { Reply } from '@switchyard/contract';
import type { QueryResult } from '@switchyard/services';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket } from '../harness/clients.js';
import { JWT_SECRET, userToken } from '../harness/user.token.js';

const SECRET = 'The retarder squeals at night because of rust.';
const QUESTION = 'Why does the retarder squeal?';

describe('an item that a user has added to the knowledge base', () => {
  let app: TestApp;
  let ada: string;
  let eve: string;

  const headers = (token?: string) => ({ ...(token && { authorization: `Bearer ${token}` }) });
  const post = (path: string, body: object, token?: string) =>
    fetch(app.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers(token) },
      body: JSON.stringify(body),
    });
  const query = async (ws_id: string, token?: string) =>
    (await (await post(`/query/stream/${ws_id}`, { query: QUESTION }, token)).json()) as QueryResult;
  /** All messages of a service to its caller, from the starting call to the final event. */
  const messagesOf = async (
    service: string,
    start: [string, object],
    join: [string, string],
    end: string,
    token?: string,
  ) => {
    const socket = await openSocket(app.url, `/${service}`, { auth: { token } }).connected();
    const started = await socket.call<Reply<Record<string, string>>>(...start);
    if (!started.ok) throw new Error(started.error.code);
    const [name, key] = join;
    await socket.call(name, { [key]: started.data[key] });
    if (service === 'chat') await socket.call('send_message', { [key]: started.data[key], message: QUESTION });
    await socket.waitFor(({ event, args }) => JSON.stringify([event, args]).includes(end), end);
    return JSON.stringify(socket.received);
  };

  beforeAll(async () => {
    app = await startApp({ JWT_SECRET });
    [ada, eve] = await Promise.all([userToken('ada'), userToken('eve')]);
    const form = new FormData();
    form.append('file', new Blob([SECRET]), 'diary.txt');
    await fetch(`${app.url}/api/knowledge-items/upload`, { method: 'POST', headers: headers(ada), body: form });
  });
  afterAll(() => app.close());

  it('answers that user’s queries only, also from the cache', async () => {
    expect(await query('a1', ada)).toMatchObject({ from_cache: false, urls_found: 1 });
    expect(await query('a2', ada)).toMatchObject({ from_cache: true, urls_found: 1 });
    for (const token of [eve, undefined]) {
      const answer = await query(`of-${token ? 'eve' : 'nobody'}`, token);
      expect(answer).toMatchObject({ from_cache: false, urls_found: 0 });
      expect(JSON.stringify(answer)).not.toContain('rust');
    }
  });

  it.each([
    ['the agent', 'chat', ['create_session', {}], ['join_session', 'session_id'], 'agent_completed'],
    [
      'a research',
      'research',
      ['start_research', { query: QUESTION }],
      ['subscribe_to_research', 'research_id'],
      '"content"',
    ],
  ] as [string, string, [string, object], [string, string], string][])(
    'is found by %s for that user only',
    async (_who, ...[service, start, join, end]) => {
      expect(await messagesOf(service, start, join, end, ada)).toContain('rust');
      expect(await messagesOf(service, start, join, end, eve)).not.toContain('rust');
      expect(await messagesOf(service, start, join, end)).not.toContain('rust');
    },
  );

  it('is not shown by the MCP server, which everybody uses', async () => {
    await post('/api/mcp/start', {}, ada);
    const tools = async (tool: string, body: object) => (await post(`/api/mcp/tools/${tool}`, body, ada)).text();
    expect(await tools('search', { query: 'retarder squeal' })).not.toContain('rust');
    expect(await tools('list_sources', {})).not.toContain('diary');
  });
});
