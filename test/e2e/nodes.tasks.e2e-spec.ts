import type { JoinReply, LoggedEvent, Reply } from '@switchyard/contract';
import { foldTasks, type Project, type Task, type TaskList } from '@switchyard/services';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket } from '../harness/clients.js';
import { TestRedis } from '../harness/redis.js';
import type { TestSocket } from '../harness/test-socket.js';

const ROUNDS = 20;

describe('a task board on two nodes', () => {
  let redis: TestRedis;
  let nodes: [TestApp, TestApp];
  let sockets: [TestSocket, TestSocket];
  beforeAll(async () => {
    redis = await TestRedis.start();
    nodes = await Promise.all([startApp({ REDIS_URL: redis.url }), startApp({ REDIS_URL: redis.url })]);
  });
  beforeEach(async () => {
    const open = ({ url }: TestApp) => openSocket(url, '/tasks', { auth: { sdk: 'test' } }).connected();
    sockets = await Promise.all([open(nodes[0]), open(nodes[1])]);
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await redis.stop();
  });

  const make = async <T>(socket: TestSocket, call: string, payload: object): Promise<T> => {
    const reply = await socket.call<Reply<T>>(call, payload);
    if (!reply.ok) throw new Error(reply.error.code);
    return reply.data;
  };
  /** A project with tasks of these titles. */
  const board = async (...titles: string[]) => {
    const { id } = await make<Project>(sockets[0], 'create_project', { title: 'Yard' });
    const tasks: Task[] = [];
    for (const title of titles) tasks.push(await make<Task>(sockets[0], 'create_task', { project_id: id, title }));
    return { project_id: id, tasks };
  };
  const look = async ({ url }: TestApp, project_id: string, since = '') => {
    const response = await fetch(`${url}/realtime/rooms/tasks/${project_id}${since && `?since=${since}`}`);
    return (await response.json()) as JoinReply<TaskList>;
  };
  /** The nodes make calls in turn, without waiting for replies. */
  const race = <T>(calls: readonly [string, object][]) => {
    return Promise.all(calls.map(([call, payload], at) => sockets[at % 2]!.call<Reply<T>>(call, payload)));
  };
  /** The board as a client since `start` has it, and as a new client gets it. */
  const views = async (start: JoinReply<TaskList>) => {
    const { project_id } = start.snapshot!;
    const events = (await look(nodes[1], project_id, `${start.epoch}:${start.offset}`)).events!;
    const followed = events.reduce((list, event) => foldTasks(list, event as never), start.snapshot!);
    return { events, followed, now: (await look(nodes[0], project_id)).snapshot! };
  };
  const named = (events: readonly LoggedEvent[]) => events.map(({ event }) => event);

  it('accepts one of two changes from the same version, answers the other with it, and publishes only it', async () => {
    const { project_id, tasks } = await board('Lay tracks');
    const start = await look(nodes[0], project_id);
    const task_id = tasks[0]!.id;
    for (let version = 1; version <= ROUNDS; version += 1) {
      const replies = await race<Task>([
        ['update_task', { task_id, version, description: 'of one' }],
        ['update_task', { task_id, version, description: 'of the other' }],
      ]);
      const [won, ...more] = replies.flatMap((reply) => (reply.ok ? [reply.data] : []));
      expect(more).toEqual([]);
      const lost = replies.find((reply) => !reply.ok);
      expect(lost).toMatchObject({ error: { code: 'task.conflict', recoverable: true, details: { task: won } } });
    }
    const { events, followed, now } = await views(start);
    expect(events.map(({ payload }) => (payload as Task).version)).toEqual(
      Array.from({ length: ROUNDS }, (_, n) => n + 2),
    );
    expect(followed).toEqual(now);
  });

  it('archives a task once when both archive it, and answers both alike', async () => {
    const { project_id, tasks } = await board(...Array.from({ length: ROUNDS }, (_, n) => `Task ${n}`));
    const start = await look(nodes[0], project_id);
    for (const { id } of tasks) {
      const replies = await race([
        ['archive_task', { task_id: id }],
        ['archive_task', { task_id: id }],
      ]);
      expect(replies).toEqual(replies.map(() => ({ ok: true, data: { id, project_id } })));
    }
    const { events, now } = await views(start);
    expect(named(events)).toEqual(tasks.map(() => 'task_archived'));
    expect(now.tasks).toEqual([]);
  });

  it('shows present and new clients the same order, whoever moves tasks at once', async () => {
    const { project_id, tasks } = await board('A', 'B', 'C', 'D');
    const [a, b, c, d] = tasks.map(({ id }) => id);
    const start = await look(nodes[0], project_id);
    for (let round = 0; round < ROUNDS; round += 1) {
      const swap = (task_ids: unknown[]) => ['reorder_tasks', { project_id, task_ids }] as [string, object];
      const first = swap(round % 2 ? [a, b] : [b, a]);
      const second = swap(round % 2 ? [c, d] : [d, c]);
      const replies = await race([first, second, ['create_task', { project_id, title: `Task ${round}` }], second]);
      expect(replies.every(({ ok }) => ok)).toBe(true);
      const { events, followed, now } = await views(start);
      expect(events).toHaveLength(4 * (round + 1));
      expect(followed).toEqual(now);
    }
  });

  it('loses no change of a task that somebody moves', async () => {
    const { project_id, tasks } = await board('A', 'B');
    const [a, b] = tasks.map(({ id }) => id);
    for (let version = 1; version <= ROUNDS; version += 1) {
      const move = ['reorder_tasks', { project_id, task_ids: version % 2 ? [b, a] : [a, b] }] as [string, object];
      const change = (task_id: string, title: string) => {
        return ['update_task', { task_id, version, title }] as [string, object];
      };
      const replies = await race([move, change(a!, `A${version}`), move, change(b!, `B${version}`), move, move, move]);
      expect(replies.every(({ ok }) => ok)).toBe(true);
    }
    const { tasks: left } = (await look(nodes[1], project_id)).snapshot!;
    expect(left.map(({ title, version }) => `${title} ${version - 1}`).sort()).toEqual([
      `A${ROUNDS} ${ROUNDS}`,
      `B${ROUNDS} ${ROUNDS}`,
    ]);
  });
});
