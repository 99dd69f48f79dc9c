import { Realtime, ServiceClient, type RoomMessage } from '@switchyard/client';
import { formatPosition, type JoinReply, type Position } from '@switchyard/contract';
import { tasks, type Project, type Task, type TaskList } from '@switchyard/services';
import { startApp, type TestApp } from '../harness/app.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import { rest } from '../projects/rest.js';

/** The bytes of the file that `appendfsync everysec` may lose with the machine: some of the last changes. */
const LOST_BYTES = 4000;
const TASKS = 30;

describe('two nodes with a Redis that lost its last second with its machine', () => {
  let redis: TestRedis;
  let nodes: TestApp[];
  let project: string;
  beforeEach(async () => {
    redis = await TestRedis.start(['--appendonly', 'yes']);
    nodes = await Promise.all([1, 2].map(() => startApp({ REDIS_URL: redis.url, RATE_LIMIT_MESSAGES: '0' })));
    project = (await rest<Project>(nodes[0]!.url, 'POST', '/api/projects', { title: 'Yard' })).body.id;
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await redis.stop();
  });

  const poll = async (node: TestApp, since?: Position) => {
    const query = since ? `?since=${formatPosition(since)}` : '';
    return (await rest<JoinReply<TaskList>>(node.url, 'GET', `/realtime/rooms/tasks/${project}${query}`)).body;
  };
  const create = async (node: TestApp, title: string) =>
    (await rest<Task>(node.url, 'POST', `/api/projects/${project}/tasks`, { title })).body;
  const dieAndReturn = async () => {
    await redis.crash();
    await redis.loseEnd(LOST_BYTES);
    await redis.restart();
    for (const { url } of nodes)
      await until('a node that is ready', async () => (await fetch(`${url}/health/ready`)).ok);
  };

  it('tell clients that saw lost events, replay the others, and never mistake an old position for a new one', async () => {
    const [a, b] = nodes as [TestApp, TestApp];
    const start = await poll(a);
    for (let n = 1; n <= TASKS; n += 1) await create(a, `Task ${n}`);
    const seen = await poll(b);
    expect(seen.offset).toBe(TASKS);
    await dieAndReturn();
    const kept = await poll(b);
    expect(kept.offset).toBeGreaterThan(0);
    expect(kept.offset).toBeLessThan(TASKS);
    expect(kept.snapshot!.tasks).toHaveLength(kept.offset);
    expect(await poll(a, seen)).toMatchObject({ recovered: false, offset: kept.offset, snapshot: kept.snapshot });
    const replay = await poll(a, start);
    expect(replay.recovered).toBe(true);
    expect(replay.events!.map(({ offset }) => offset)).toEqual(kept.snapshot!.tasks.map((_, index) => index + 1));
    // As many events as were lost, so that every seen offset has an event again.
    for (let n = kept.offset; n < TASKS; n += 1) await create(b, `Task after the loss ${n}`);
    const now = await poll(a);
    expect(now.offset).toBe(TASKS);
    expect(await poll(b, seen)).toMatchObject({ recovered: false, snapshot: now.snapshot });
  });

  it('show every page the present state, whichever node it was on', async () => {
    const [a, b] = nodes as [TestApp, TestApp];
    const realtimes = nodes.map(({ url }) => new Realtime({ url }));
    const pages = realtimes.map((realtime) => {
      const shown: string[] = [];
      const client = new ServiceClient(realtime, tasks);
      client.room(project).messages$.subscribe((message: RoomMessage) => {
        const text = message as unknown as { kind: string; snapshot: TaskList; payload: Task };
        if (text.kind === 'snapshot') shown.splice(0, Infinity, ...text.snapshot.tasks.map(({ title }) => title));
        if (text.kind === 'event') shown.push(text.payload.title);
      });
      return { shown, shows: (title: string) => until(title, () => shown.includes(title)) };
    });
    for (let n = 1; n <= TASKS; n += 1) await create(a, `Task ${n}`);
    for (const page of pages) await page.shows(`Task ${TASKS}`);
    await dieAndReturn();
    await create(b, 'Task after the loss');
    for (const page of pages) await page.shows('Task after the loss');
    const titles = (await poll(a)).snapshot!.tasks.map(({ title }) => title);
    expect(titles).not.toContain(`Task ${TASKS}`);
    for (const { shown } of pages) expect(shown).toEqual(titles);
    for (const realtime of realtimes) realtime.close();
  });
});
