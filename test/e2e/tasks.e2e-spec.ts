import type { JoinReply, Reply } from '@switchyard/contract';
import type { Project, Task, TaskList } from '@switchyard/services';
import { SignJWT } from 'jose';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import type { TestSocket } from '../harness/test-socket.js';
import { rest } from '../projects/rest.js';

const JWT_SECRET = 'a-secret-of-at-least-32-characters';

interface Refused {
  error: { code: string; details?: { task?: Task } };
}

async function make<T>(socket: TestSocket, call: string, payload: object): Promise<T> {
  const reply = await socket.call<Reply<T>>(call, payload);
  if (!reply.ok) throw new Error(reply.error.code);
  return reply.data;
}

describe('tasks', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ JWT_SECRET });
  });
  afterAll(() => app.close());

  const open = async () => openSocket(app.url, '/tasks').connected();
  const join = (socket: TestSocket, project_id: string) =>
    make<JoinReply<TaskList>>(socket, 'join_project', { project_id });
  /** A project with tasks of these titles, and a socket in its room. */
  const board = async (...titles: string[]) => {
    const socket = await open();
    const project = await make<Project>(socket, 'create_project', { title: ' Yard ' });
    const made: Task[] = [];
    for (const title of titles) made.push(await make<Task>(socket, 'create_task', { project_id: project.id, title }));
    await join(socket, project.id);
    return { socket, project, tasks: made };
  };
  const titles = async (project_id: string) => {
    const { body } = await rest<Task[]>(app.url, 'GET', `/api/projects/${project_id}/tasks`);
    return body.map(({ title }) => title).join(' ');
  };

  it('shows two browsers each other’s changes', async () => {
    const { socket: one, project } = await board();
    const two = await open();
    await join(two, project.id);
    const created = await make<Task>(one, 'create_task', { project_id: project.id, title: 'Lay tracks' });
    expect((await two.next('task_created'))[0]).toEqual(created);
    expect(created).toMatchObject({ status: 'todo', assignee: '', task_order: 0, version: 1, archived: false });
    const updated = await make<Task>(two, 'update_task', { task_id: created.id, version: 1, status: 'doing' });
    expect((await one.next('task_updated'))[0]).toEqual(updated);
    expect(updated).toEqual({ ...created, status: 'doing', version: 2, updated_at: updated.updated_at });
  });

  it('accepts one of two changes from the same version, and answers the other with it', async () => {
    const { socket: one, project, tasks } = await board('Lay tracks');
    const two = await open();
    for (let version = 1; version <= 20; version += 1) {
      const replies = await Promise.all(
        [one, two].map((socket, at) =>
          socket.call<Reply<Task>>('update_task', { task_id: tasks[0]!.id, version, description: `of ${at}` }),
        ),
      );
      const [won] = replies.filter((reply) => reply.ok);
      const [lost, ...more] = replies.filter((reply) => !reply.ok);
      expect(more).toEqual([]);
      expect(lost).toMatchObject({ error: { code: 'task.conflict', recoverable: true, details: { task: won!.data } } });
      expect(won!.data.version).toBe(version + 1);
    }
    expect((await join(two, project.id)).snapshot!.tasks).toMatchObject([{ version: 21 }]);
  });

  it('answers a stale change over REST with 409 and the present task', async () => {
    const { project, tasks } = await board('Lay tracks');
    const path = `/api/projects/${project.id}/tasks/${tasks[0]!.id}`;
    const first = await rest<Task>(app.url, 'PATCH', path, { version: 1, title: 'Lay rails', feature: 'ground' });
    expect(first).toMatchObject({ status: 200, body: { title: 'Lay rails', feature: 'ground', version: 2 } });
    const stale = await rest<Refused>(app.url, 'PATCH', path, { version: 1, title: 'Lay sleepers' });
    expect(stale).toMatchObject({ status: 409, body: { error: { code: 'task.conflict' } } });
    expect(stale.body.error.details!.task).toEqual(first.body);
    const cleared = await rest<Task>(app.url, 'PATCH', path, { version: 2, feature: '', description: null });
    expect(cleared.body).toMatchObject({ version: 3, description: '' });
    expect(cleared.body).not.toHaveProperty('feature');
  });

  it('puts tasks into a new order, and does not move the others', async () => {
    const { socket, project, tasks } = await board('A', 'B', 'C', 'D', 'E');
    const [a, b, c, d, e] = tasks.map(({ id }) => id) as [string, string, string, string, string];
    await make(socket, 'reorder_tasks', { project_id: project.id, task_ids: [d, b] });
    expect((await socket.next('tasks_reordered'))[0]).toEqual({ project_id: project.id, task_ids: [a, d, c, b, e] });
    expect(await titles(project.id)).toBe('A D C B E');
    const all = await rest(app.url, 'PUT', `/api/projects/${project.id}/tasks/order`, { task_ids: [e, d, c, b, a] });
    expect(all).toMatchObject({ status: 200, body: { task_ids: [e, d, c, b, a] } });
    expect(await titles(project.id)).toBe('E D C B A');
    // A move does not change the task itself, so a concurrent edit does not conflict with it.
    expect((await make<Task>(socket, 'update_task', { task_id: a, version: 1, title: 'A2' })).task_order).toBe(4);
    await make(socket, 'create_task', { project_id: project.id, title: 'F' });
    expect(await titles(project.id)).toBe('E D C B A2 F');
  });

  it('removes an archived task from the board, once, and refuses later changes', async () => {
    const { socket, project, tasks } = await board('A', 'B', 'C');
    const [a, b, c] = tasks.map(({ id }) => id);
    const archived = { id: b, project_id: project.id };
    expect(await make(socket, 'archive_task', { task_id: b })).toEqual(archived);
    expect((await socket.next('task_archived'))[0]).toEqual(archived);
    const { offset } = await join(socket, project.id);
    expect(await rest(app.url, 'DELETE', `/api/projects/${project.id}/tasks/${b}`)).toMatchObject({ body: archived });
    expect((await join(socket, project.id)).offset).toBe(offset);
    const late = await socket.call('update_task', { task_id: b, version: 2, title: 'late' });
    expect(late).toMatchObject({ error: { code: 'task.conflict', details: { task: { archived: true, version: 2 } } } });
    await make(socket, 'reorder_tasks', { project_id: project.id, task_ids: [c, b, a] });
    expect(await titles(project.id)).toBe('C A');
  });

  it('refuses an unknown task or project', async () => {
    const { socket, project, tasks } = await board('A');
    const { project: other } = await board();
    const refusals = [
      ['update_task', { task_id: 'nothing', version: 1 }, 'task.not_found'],
      ['update_task', { task_id: tasks[0]!.id, project_id: other.id, version: 1 }, 'task.not_found'],
      ['archive_task', { task_id: 'nothing' }, 'task.not_found'],
      ['reorder_tasks', { project_id: other.id, task_ids: [tasks[0]!.id] }, 'task.not_found'],
      ['reorder_tasks', { project_id: 'nothing', task_ids: [tasks[0]!.id] }, 'room.not_found'],
      ['create_task', { project_id: 'nothing', title: 'A' }, 'room.not_found'],
      ['create_task', { project_id: project.id, title: ' ' }, 'input.invalid'],
      ['update_task', { task_id: tasks[0]!.id, version: 1, status: 'lost' }, 'input.invalid'],
      ['reorder_tasks', { project_id: project.id, task_ids: [tasks[0]!.id, tasks[0]!.id] }, 'input.invalid'],
    ] as const;
    for (const [call, payload, code] of refusals) {
      expect(await socket.call(call, payload)).toMatchObject({ ok: false, error: { code } });
    }
    expect((await rest(app.url, 'GET', '/api/projects/nothing')).status).toBe(404);
    expect((await rest(app.url, 'GET', '/api/projects/nothing/documents')).status).toBe(404);
  });

  it('shows projects and tasks to their owner only, also when only the task is named', async () => {
    const bearer = async (sub: string) => {
      const jwt = new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setSubject(sub).setExpirationTime('1h');
      return { authorization: `Bearer ${await jwt.sign(new TextEncoder().encode(JWT_SECRET))}` };
    };
    const [ada, eve] = [await bearer('ada'), await bearer('eve')];
    const { body: project } = await rest<Project>(app.url, 'POST', '/api/projects', { title: 'Private' }, ada);
    const tasks = `/api/projects/${project.id}/tasks`;
    const { status, body: task } = await rest<Task>(app.url, 'POST', tasks, { title: 'Secret' }, ada);
    expect(status).toBe(201);
    const seen = async (who: Record<string, string>) =>
      (await rest<Project[]>(app.url, 'GET', '/api/projects', undefined, who)).body.map(({ id }) => id);
    expect(await seen(ada)).toContain(project.id);
    expect(await seen(eve)).not.toContain(project.id);
    expect((await rest<Project>(app.url, 'GET', `/api/projects/${project.id}`, undefined, ada)).body).toEqual(project);
    for (const [method, path, body] of [
      ['GET', `/api/projects/${project.id}`, undefined],
      ['GET', tasks, undefined],
      ['POST', tasks, { title: 'Mine' }],
      ['PATCH', `${tasks}/${task.id}`, { version: 1, title: 'Mine' }],
      ['DELETE', `${tasks}/${task.id}`, undefined],
      ['PUT', `${tasks}/order`, { task_ids: [task.id] }],
      ['POST', '/realtime/calls/tasks/archive_task', { task_id: task.id }],
    ] as const) {
      const refused = await rest<Refused>(app.url, method, path, body, eve);
      expect(refused).toMatchObject({ status: 403, body: { error: { code: 'room.forbidden' } } });
    }
    expect((await openWs(app.url, `${tasks}/ws`).refused()).status).toBe(403);
  });

  it('sends old clients frames that name the project and their connection', async () => {
    const { socket, project, tasks } = await board('A');
    const ws = await openWs(app.url, `/api/projects/${project.id}/tasks/ws`).opened();
    const initial = await ws.nextJson<{ type: string; data: { session_id: string; tasks: Task[] } }>();
    const { session_id } = initial.data;
    expect(initial).toEqual({ type: 'initial_tasks', data: { project_id: project.id, session_id, tasks } });
    expect(await ws.nextJson()).toEqual({ type: 'connection_established', data: { timestamp: expect.any(String) } });
    const task = await make<Task>(socket, 'create_task', { project_id: project.id, title: 'B' });
    const frame = await ws.nextJson();
    expect(Object.keys(frame)).toEqual(['type', 'data', 'timestamp', 'project_id', 'session_id']);
    expect(frame).toMatchObject({ type: 'task_created', data: task, project_id: project.id, session_id });
    // It has no frame for a new order, and continues after it.
    await make(socket, 'reorder_tasks', { project_id: project.id, task_ids: [task.id, tasks[0]!.id] });
    await make(socket, 'archive_task', { task_id: task.id });
    expect(await ws.nextJson()).toMatchObject({ type: 'task_archived', data: { id: task.id, project_id: project.id } });
  });
});
