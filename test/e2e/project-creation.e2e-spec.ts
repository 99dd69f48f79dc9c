import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JoinReply, Reply } from '@switchyard/contract';
import type { CreationProgress, Project, ProjectDocument, Task } from '@switchyard/services';
import { SignJWT } from 'jose';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import type { TestSocket } from '../harness/test-socket.js';
import { ModelServer } from '../model/model.server.js';
import { rest } from '../projects/rest.js';

const JWT_SECRET = 'a-secret-of-at-least-32-characters';
const REQUEST = { title: 'Yard', description: 'Dispatchers can sign in and sort wagons.' };

async function make<T>(socket: TestSocket, call: string, payload: object): Promise<T> {
  const reply = await socket.call<Reply<T>>(call, payload);
  if (!reply.ok) throw new Error(reply.error.code);
  return reply.data;
}
const begin = async (socket: TestSocket) =>
  (await make<{ progress_id: string }>(socket, 'create_project', REQUEST)).progress_id;

describe('project creation', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ JWT_SECRET });
  });
  afterAll(() => app.close());

  const open = async (auth: object = {}) => openSocket(app.url, '/project-creation', { auth }).connected();
  const ended = async (socket: TestSocket, progress_id: string) => {
    const { snapshot } = await make<JoinReply<CreationProgress>>(socket, 'subscribe_progress', { progress_id });
    if (snapshot!.status === 'completed') return snapshot!;
    return (await socket.next('project_completed'))[0] as CreationProgress;
  };

  it('creates a project whose board and documents exist once it reports the end', async () => {
    const socket = await open();
    const progress_id = await begin(socket);
    const { project, status, step } = await ended(socket, progress_id);
    expect({ status, step }).toEqual({ status: 'completed', step: 'completed' });
    const path = `/api/projects/${project!.id}`;
    expect((await rest<Project>(app.url, 'GET', path)).body).toEqual(project);
    const tasks = (await rest<Task[]>(app.url, 'GET', `${path}/tasks`)).body;
    expect(tasks.map(({ title }) => title)).toEqual(expect.arrayContaining(['Sign in', 'Sort wagons']));
    const documents = (await rest<ProjectDocument[]>(app.url, 'GET', `${path}/documents`)).body;
    expect(documents.map(({ title }) => title)).toEqual(['Plan', 'Requirements']);
    // From here on it is a board like any other.
    const board = await openSocket(app.url, '/tasks').connected();
    await make(board, 'join_project', { project_id: project!.id });
    await make(board, 'update_task', { task_id: tasks[0]!.id, version: 1, status: 'doing' });
    expect((await board.next('task_updated'))[0]).toMatchObject({ id: tasks[0]!.id, version: 2 });
    expect(await make(socket, 'cancel_creation', { progress_id })).toEqual({ progress_id, status: 'completed' });
    await make(socket, 'unsubscribe_progress', { progress_id });
  });

  it('lets an old client wait for an unknown id, with a ping each second', async () => {
    const ws = await openWs(app.url, '/api/project-creation-progress/nobody').opened();
    expect(await ws.next()).toBe('{"type":"connection_established","data":{"progressId":"nobody","status":"waiting"}}');
    expect(await ws.nextJson()).toEqual({ type: 'ping', data: { timestamp: expect.stringMatching(/Z$/) } });
  });

  it('sends the created project to old clients in camel case', async () => {
    const socket = await open();
    const progress_id = await begin(socket);
    const { project } = await ended(socket, progress_id);
    const ws = await openWs(app.url, `/api/project-creation-progress/${progress_id}`).opened();
    const { type, data } = await ws.nextJson<{ type: string; data: Record<string, unknown> }>();
    expect(type).toBe('project_completed');
    expect(data).toMatchObject({ progressId: progress_id, step: 'completed', startedAt: expect.any(String) });
    expect(data.project).toMatchObject({ id: project!.id, createdAt: project!.created_at });
  });

  it('refuses an unknown creation and one of another user', async () => {
    const jwt = new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setSubject('ada').setExpirationTime('1h');
    const ada = await open({ token: await jwt.sign(new TextEncoder().encode(JWT_SECRET)) });
    const progress_id = await begin(ada);
    const { project } = await ended(ada, progress_id);
    const socket = await open();
    for (const call of ['join_creation', 'cancel_creation']) {
      expect(await socket.call(call, { progress_id })).toMatchObject({ error: { code: 'room.forbidden' } });
      expect(await socket.call(call, { progress_id: 'x' })).toMatchObject({ error: { code: 'room.not_found' } });
    }
    expect((await rest(app.url, 'GET', `/api/projects/${project!.id}`)).status).toBe(403);
  });
});

describe('project creation with a model', () => {
  let model: ModelServer;
  beforeAll(async () => {
    model = await ModelServer.start();
  });
  afterAll(() => model.close());

  /** A creation that waits for its model, and a socket in its room. */
  const waiting = async (app: TestApp) => {
    const socket = await openSocket(app.url, '/project-creation').connected();
    const asked = model.next();
    const progress_id = await begin(socket);
    const exchange = await asked;
    await make(socket, 'join_creation', { progress_id });
    return { socket, progress_id, exchange };
  };

  it('shows nobody an incomplete project, reports the failed step, and keeps nothing', async () => {
    const app = await startApp({ MODEL_URL: model.url });
    const { socket, exchange } = await waiting(app);
    expect((await rest<Project[]>(app.url, 'GET', '/api/projects')).body).toEqual([]);
    exchange.say('- Lay').cut();
    const [failed] = await socket.next<[CreationProgress]>('project_error');
    expect(failed).toMatchObject({ status: 'failed', step: 'failed', percentage: 70 });
    expect(failed.error).toBe('unable to create the project; ai_generation failed: the connection failed');
    expect((await rest<Project[]>(app.url, 'GET', '/api/projects')).body).toEqual([]);
    await app.close();
  });

  it('is cancelled while the model writes, and reports that to everybody', async () => {
    const app = await startApp({ MODEL_URL: model.url });
    const { socket, progress_id, exchange } = await waiting(app);
    expect(await make(socket, 'cancel_creation', { progress_id })).toEqual({ progress_id, status: 'cancelled' });
    await exchange.closed;
    const { args } = await socket.waitFor(
      ({ event, args: [sent] }) => event === 'project_progress' && (sent as CreationProgress).status === 'cancelled',
    );
    expect(args[0]).toMatchObject({ step: 'ai_generation', percentage: 70 });
    await app.close();
  });

  it('ends as interrupted when the server stops, and a client sees that after the restart', async () => {
    const DATA_DIR = await mkdtemp(join(tmpdir(), 'switchyard-'));
    const app = await startApp({ MODEL_URL: model.url, DATA_DIR });
    const { progress_id } = await waiting(app);
    await app.close();
    const again = await startApp({ MODEL_URL: model.url, DATA_DIR });
    const socket = await openSocket(again.url, '/project-creation').connected();
    const { snapshot } = await make<JoinReply<CreationProgress>>(socket, 'join_creation', { progress_id });
    expect(snapshot).toMatchObject({ status: 'failed', step: 'failed', percentage: 70 });
    expect(snapshot!.error).toBe('interrupted: the server was stopped; nothing was kept');
    expect((await rest<Project[]>(again.url, 'GET', '/api/projects')).body).toEqual([]);
    await again.close();
    await rm(DATA_DIR, { recursive: true, force: true });
  });
});
