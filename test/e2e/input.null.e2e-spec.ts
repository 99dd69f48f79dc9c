import type { Reply } from '@switchyard/contract';
import type { Task } from '@switchyard/services';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket } from '../harness/clients.js';
import { overHttp, overSocketIo, type CallAsWritten } from '../payloads/call.wires.js';
import { fieldsOf, sampleOf, withoutField, withValue } from '../payloads/payload.class.js';
import { callsOfAll, echoPayloads } from '../payloads/served.calls.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const WIRES: [string, (url: string) => CallAsWritten][] = [
  ['Socket.IO', overSocketIo],
  ['HTTP', overHttp],
];

describe('a field that is null', () => {
  let app: TestApp;
  let toys: ToyApp;
  beforeAll(async () => {
    [app, toys] = await Promise.all([startApp(), startToys()]);
    for (const served of [app, toys]) echoPayloads(served.app);
  });
  afterAll(() => Promise.all([app.close(), toys.close()]));

  const served = () => [app, toys].flatMap(({ app: nest, url }) => callsOfAll(nest).map((call) => ({ ...call, url })));

  describe.each(WIRES)('over %s', (_wire, connect) => {
    it('counts as left out where it is optional, and is refused where it is not, in every call of every service', async () => {
      const wires = new Map([app, toys].map(({ url }) => [url, connect(url)]));
      let optional = 0;
      let required = 0;
      for (const { url, service, call, type } of served()) {
        const make = (payload: object) => wires.get(url)!(service.contract.name, call, JSON.stringify(payload));
        // One id would be one call.
        const full = withoutField(sampleOf(type), ['correlation_id']);
        for (const { path, isOptional } of [...fieldsOf(type), { path: ['correlation_id'], isOptional: true }]) {
          const [withNull, without] = [await make(withValue(full, path, null)), await make(withoutField(full, path))];
          const what = `${service.contract.name}.${call} ${path.join('.')}`;
          if (isOptional) {
            expect({ what, reply: withNull }).toEqual({ what, reply: without });
            expect({ what, ok: withNull.ok }).toEqual({ what, ok: true });
            optional += 1;
          } else {
            expect({ what, reply: withNull }).toMatchObject({
              what,
              reply: { ok: false, error: { code: 'input.invalid' } },
            });
            required += 1;
          }
        }
      }
      expect(Math.min(optional, required)).toBeGreaterThan(30);
    });

    it('is the same call as one without it, under one correlation_id', async () => {
      const make = connect(app.url);
      const payload = { project_id: 'p', title: 't', correlation_id: 'one-call' };
      const first = await make('tasks', 'create_task', JSON.stringify(payload));
      const again = await make(
        'tasks',
        'create_task',
        JSON.stringify({ ...payload, description: null, feature: null }),
      );
      expect(again).toEqual(first);
      expect(first.ok).toBe(true);
    });

    it.each([7, true, {}, [], '', 'x'.repeat(129)])('differs from a correlation_id of %j', async (correlation_id) => {
      const payload = JSON.stringify({ session_id: 's', message: 'm', correlation_id });
      expect(await connect(app.url)('chat', 'send_message', payload)).toMatchObject({
        error: { code: 'input.invalid' },
      });
    });

    it('is like a payload of null where all of its fields are optional', async () => {
      const make = connect(app.url);
      expect(await make('knowledge', 'list_items', 'null')).toEqual({ ok: true, data: {} });
      expect(await make('tasks', 'create_task', 'null')).toMatchObject({ error: { code: 'input.invalid' } });
    });
  });

  it.each(['constructor', '__proto__', 'toString', 'valueOf', 'then', 'hasOwnProperty'])(
    'beside an undeclared one that holds a %s changes nothing',
    async (name) => {
      const payload = `{"title":"t","description":null,"more":{"${name}":5},"${name}":{"prototype":{"title":1}}}`;
      const reply = await overSocketIo(app.url)('tasks', 'create_project', payload);
      expect(reply).toEqual({ ok: true, data: { title: 't' } });
    },
  );

  it('is like a missing payload on a socket', async () => {
    const socket = await openSocket(app.url, '/knowledge').connected();
    for (const args of [[], [null], [undefined]])
      expect(await socket.call('list_items', ...args)).toEqual({ ok: true, data: {} });
  });
});

describe('a field that is null does not change the stored value', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  const rest = async (method: string, path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(app.url + path, { method, headers, body: JSON.stringify(body) })).json() as Promise<any>;
  };
  const makeTask = async (): Promise<Task> => {
    const { id: project_id } = (await rest('POST', '/api/projects', { title: 'p', github_repo: null })) as {
      id: string;
    };
    const fields = { description: 'kept', assignee: 'ada', feature: 'lamps', status: 'doing', task_order: 7 };
    return (await rest('POST', `/api/projects/${project_id}/tasks`, { title: 't', ...fields })) as Task;
  };
  const NOTHING = { description: null, assignee: null, feature: null, status: null, task_order: null, title: null };

  it('in a task that is changed, while an empty text clears it', async () => {
    const socket = await openSocket(app.url, '/tasks').connected();
    const { id: task_id, project_id, version, updated_at: _, ...task } = await makeTask();
    const change = { task_id, version, ...NOTHING };
    const reply = await socket.call<Reply<Task>>('update_task', { ...change, project_id: null });
    expect(reply).toMatchObject({ ok: true, data: task });
    const path = `/api/projects/${project_id}/tasks/${task_id}`;
    const again = (await rest('PATCH', path, { ...NOTHING, version: version + 1 })) as Task;
    expect(again).toMatchObject(task);
    const cleared = { ...NOTHING, version: again.version, description: '', feature: '' };
    expect(await rest('PATCH', path, cleared)).toMatchObject({ description: '', assignee: 'ada' });
  });

  it('in a list, which begins at its first page', async () => {
    const form = new FormData();
    form.append('file', new Blob(['The red lamp']), 'red.txt');
    await fetch(`${app.url}/api/knowledge-items/upload`, { method: 'POST', body: form });
    const socket = await openSocket(app.url, '/knowledge').connected();
    const everything = await socket.call('list_items', {});
    expect(everything).toMatchObject({ data: { page: 1, items: [{ title: expect.anything() as string }] } });
    expect(await socket.call('list_items', { page: null, per_page: null, q: null })).toEqual(everything);
  });
});
