import type { KnowledgeItem, Project, Task } from '@switchyard/services';
import { startApp, type TestApp } from '../harness/app.js';
import { JWT_SECRET, userToken } from '../harness/user.token.js';
import { rest } from '../projects/rest.js';
import { stalled } from '../sites/odd.routes.js';
import { startSite, type Site } from '../sites/site.server.js';

/** Ada's data, by the placeholders in the routes below. */
type Belongings = Record<'session' | 'crawl' | 'run' | 'project' | 'task' | 'research' | 'query' | 'item', string>;
type Method = Parameters<typeof rest>[1];

/** Every route that names data of a user, with a body if it needs one. */
const ROUTES: readonly (readonly [Method, string, object?])[] = [
  ['GET', '/api/agent-chat/sessions/:session'],
  ['DELETE', '/api/crawls/:crawl'],
  ['GET', '/api/tests/executions/:run'],
  ['DELETE', '/api/tests/executions/:run'],
  ['GET', '/api/projects/:project'],
  ['GET', '/api/projects/:project/documents'],
  ['GET', '/api/projects/:project/tasks'],
  ['POST', '/api/projects/:project/tasks', { title: 'Mine' }],
  ['PUT', '/api/projects/:project/tasks/order', { task_ids: [':task'] }],
  ['PATCH', '/api/projects/:project/tasks/:task', { version: 1, title: 'Mine' }],
  ['DELETE', '/api/projects/:project/tasks/:task'],
  ['GET', '/api/research/:research/status'],
  ['POST', '/query/stream/:query', { query: 'What is a retarder?' }],
  ['DELETE', '/api/knowledge-items/:item'],
  ['POST', '/api/knowledge-items/:item/refresh'],
  ['GET', '/realtime/rooms/chat/:session'],
  ['GET', '/realtime/rooms/crawl/:crawl'],
  ['GET', '/realtime/rooms/tests/:run'],
  ['GET', '/realtime/rooms/tasks/:project'],
  ['GET', '/realtime/rooms/research/:research'],
  ['GET', '/realtime/rooms/query/:query'],
  ['POST', '/realtime/calls/chat/send_message', { session_id: ':session', message: 'It is me' }],
  ['POST', '/realtime/calls/chat/stop_agent', { session_id: ':session' }],
  ['POST', '/realtime/calls/chat/set_typing', { session_id: ':session', is_typing: true }],
  ['POST', '/realtime/calls/tasks/archive_task', { task_id: ':task' }],
  ['POST', '/realtime/calls/research/stop_research', { research_id: ':research' }],
];

describe('the data of a user', () => {
  let app: TestApp;
  let site: Site;
  let had: Belongings;
  let ada: Record<string, string>;
  let eve: Record<string, string>;

  const ask = <T>(headers: Record<string, string>, ...[method, path, body]: (typeof ROUTES)[number]) => {
    const named = (text: string) => text.replace(/:(\w+)/g, (whole, name: string) => had?.[name as 'run'] ?? whole);
    const given = body && (JSON.parse(named(JSON.stringify(body))) as object);
    return rest<T>(app.url, method, named(path), given, headers);
  };
  const upload = async (headers: Record<string, string>) => {
    const form = new FormData();
    form.append('file', new Blob(['A retarder is a brake beside the rail.']), 'retarders.txt');
    const answer = await fetch(`${app.url}/api/knowledge-items/upload`, { method: 'POST', headers, body: form });
    return (await answer.json()) as KnowledgeItem;
  };

  beforeAll(async () => {
    site = await startSite({ '/': stalled });
    const unlimited = { RATE_LIMIT_MESSAGES: '0', RATE_LIMIT_JOINS: '0' };
    app = await startApp({ JWT_SECRET, CRAWL_ALLOW_PRIVATE: 'true', ...unlimited });
    ada = { authorization: `Bearer ${await userToken('ada')}` };
    eve = { authorization: `Bearer ${await userToken('eve')}` };
    const make = async <T>(path: string, body: object) => (await ask<T>(ada, 'POST', path, body)).body;
    const project = (await make<Project>('/api/projects', { title: 'Yard' })).id;
    had = {
      session: (await make<{ session_id: string }>('/api/agent-chat/sessions', {})).session_id,
      crawl: (await make<{ progress_id: string }>('/api/crawls', { url: site.url })).progress_id,
      run: (await make<{ execution_id: string }>('/api/tests/executions', { suite: 'failing-sample' })).execution_id,
      project,
      task: (await make<Task>(`/api/projects/${project}/tasks`, { title: 'Lay the track' })).id,
      research: (await make<{ research_id: string }>('/api/research', { query: 'retarders' })).research_id,
      query: 'w1',
      item: (await upload(ada)).source_id,
    };
    await make('/query/stream/w1', { query: 'What is a retarder?' });
  });
  afterAll(async () => {
    await app.close();
    await site.close();
  });

  const routes = ROUTES.map(([method, path, body]) => ({ method, path, body }));
  it.each(routes)('is refused to others and to anonymous callers: $method $path', async ({ method, path, body }) => {
    for (const headers of [eve, {}]) {
      const answer = await ask<{ error: { code: string } }>(headers, method, path, body);
      expect([403, 404]).toContain(answer.status);
      expect(answer.body.error.code).toMatch(/^(room\.forbidden|(room|session|item|task)\.not_found)$/);
    }
  });

  it('is not in the lists of others', async () => {
    const lists = ['/api/projects', '/api/knowledge-items'] as const;
    for (const headers of [eve, {}]) {
      for (const path of lists) {
        const listed = JSON.stringify(await ask(headers, 'GET', path));
        expect(listed).not.toContain(had.project);
        expect(listed).not.toContain(had.item);
      }
    }
  });

  it('is not found by a query of another user', async () => {
    const answer = await ask<{ urls_found: number }>(eve, 'POST', '/query/stream/w2', { query: 'What is a retarder?' });
    expect(answer).toMatchObject({ status: 200, body: { from_cache: false, urls_found: 0 } });
    const again = await ask(ada, 'POST', '/query/stream/w3', { query: 'What is a retarder?' });
    expect(again).toMatchObject({ status: 200, body: { from_cache: true, urls_found: 1 } });
  });

  it('is unchanged', async () => {
    const tasks = await ask<Task[]>(ada, 'GET', '/api/projects/:project/tasks');
    expect(tasks.body).toMatchObject([{ id: had.task, title: 'Lay the track', version: 1, archived: false }]);
    expect(await ask(ada, 'GET', '/api/agent-chat/sessions/:session')).toMatchObject({ body: { messages: [] } });
    expect(await ask(ada, 'DELETE', '/api/crawls/:crawl')).toMatchObject({ status: 200, body: { status: 'stopping' } });
  });

  const ODD = ['%00', '..%2Fa', '%F0%9F%9A%82', 'a%20b', '%7B%7D', '__proto__', 'constructor', 'x'.repeat(3000)];
  it.each(ODD)('has an id that matches no other, such as %s', async (odd) => {
    // The caller chooses the name of a query's room, which is empty before.
    const places = ROUTES.filter(([, path]) => /^\/(api|realtime\/rooms)\//.test(path) && !path.includes('/query/'));
    for (const [method, path, body] of places) {
      const route = path.replace(/:\w+/g, odd);
      const answer = await rest<{ error?: { code: string } }>(app.url, method, route, body, ada);
      const refused = `${path} ${answer.status} ${answer.body.error?.code}`;
      expect(refused).toMatch(/ (400 input\.invalid|404 (room|session|item|task)\.not_found)$/);
    }
  });
});
