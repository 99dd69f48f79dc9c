import { pollPath, roomName, type Reply } from '@switchyard/contract';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket } from '../harness/clients.js';
import { NodeProcess } from '../harness/node.process.js';
import { TestRedis } from '../harness/redis.js';
import type { Server } from '../restart/busy.service.js';
import { HeldWorld, heldServices, stop, type HeldRun } from '../runs/held.world.js';
import { isLast } from '../runs/service.runs.js';
import { until } from '../harness/until.js';

/** The messages about a run to a client of one node. */
interface Watch {
  run: HeldRun;
  server: Server;
  events: { event: string; payload: object }[];
  ends: () => object[];
  ended: Promise<void>;
}

const SERVICES = heldServices.map(({ contract }) => contract.name);

/** All runs start at once, so that slow starts overlap. */
jest.setTimeout(120_000);

async function watch(run: HeldRun, server: Server): Promise<Watch> {
  const { service, key } = run;
  const { contract } = service;
  const socket = await openSocket(server.url, contract.namespace, { auth: { sdk: 'test' } }).connected();
  const joined = await socket.call<Reply>('join_room', { room: roomName(contract, key) });
  if (!joined.ok) throw new Error(joined.error.code);
  const events: Watch['events'] = [];
  const ends = () => events.filter(({ event, payload }) => isLast(service, event, payload));
  const ended = new Promise<void>((resolve) => {
    socket.socket.onAny((event: string, payload: object) => {
      events.push({ event, payload });
      if (ends().length > 0) resolve();
    });
  });
  return { run, server, events, ends, ended };
}

async function shown({ run, server }: Watch): Promise<string> {
  const response = await fetch(`${server.url}${pollPath(run.service.contract)}/${run.key}`);
  return response.text();
}

describe('runs of every service on one of two nodes', () => {
  let redis: TestRedis;
  let world: HeldWorld;
  let nodes: (TestApp | NodeProcess)[];
  let settings: Record<string, string>;
  let watches: Watch[];
  let replies: Map<string, unknown>;

  const setUp = async () => {
    redis = await TestRedis.start(['--appendonly', 'yes']);
    world = await HeldWorld.start();
    nodes = [];
    settings = { ...world.environment, REDIS_URL: redis.url, RUN_LEASE_MS: '2500' };
  };
  const tearDown = async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await world.close();
    await redis.stop();
  };
  const running = async <N extends TestApp | NodeProcess>(starting: Promise<N>) => {
    const node = await starting;
    nodes.push(node);
    return node;
  };
  const stopAll = async (runs: readonly HeldRun[], server: Server) => {
    const stopped = runs.map(async (run) => [run.service.contract.name, await stop(run, server)] as const);
    replies = new Map(await Promise.all(stopped));
  };
  const of = (name: string) => watches.filter(({ run }) => run.service.contract.name === name);

  describe('when the other starts,', () => {
    beforeAll(async () => {
      await setUp();
      const a = await running(startApp(settings));
      const runs = await world.beginAll(a);
      const b = await running(startApp(settings));
      watches = await Promise.all(runs.map((run) => watch(run, b)));
      for (const run of runs) await run.letGo(b);
      await Promise.all(watches.map(({ ended }) => ended));
    });
    afterAll(tearDown);

    it.each(SERVICES)('%s continues, and its end is seen there', async (name) => {
      for (const one of of(name)) {
        expect(one.ends()).toHaveLength(1);
        expect(await shown(one)).not.toMatch(/interrupted/);
      }
    });
  });

  describe('when they are stopped through the other,', () => {
    beforeAll(async () => {
      await setUp();
      const [a, b] = await Promise.all([running(startApp(settings)), running(startApp(settings))]);
      const runs = await world.beginAll(a);
      watches = await Promise.all(runs.map((run) => watch(run, a)));
      await stopAll(runs, b);
      await runs.find(({ service }) => service.contract.name === 'query')!.letGo(b);
      await Promise.all(watches.map(({ ended }) => ended));
    });
    afterAll(tearDown);

    it.each([
      ['chat', { stopping: true }, { code: 'agent.stopped' }],
      ['mcp-logs', { status: 'stopped' }, { status: 'stopped' }],
      ['project-creation', { status: 'cancelled' }, { status: 'cancelled' }],
      ['research', { stopping: true }, { status: 'cancelled' }],
      ['tests', { status: 'cancelled' }, { status: 'cancelled' }],
    ])('%s ends, and the caller gets the answer', (name, reply, end) => {
      expect(replies.get(name)).toMatchObject(reply);
      const [one] = of(name);
      expect(one!.ends()).toMatchObject([{ payload: end }]);
    });
  });

  describe('when its process is killed,', () => {
    beforeAll(async () => {
      await setUp();
      const a = await running(NodeProcess.start(settings));
      const [b, c] = await Promise.all([running(startApp(settings)), running(startApp(settings))]);
      const runs = await world.beginAll(a);
      watches = await Promise.all([b, c].flatMap((server) => runs.map((run) => watch(run, server))));
      await a.close();
      await stopAll(runs, b);
      await Promise.all(watches.map(({ ended }) => ended));
      // The same again: before these end too, a second end of the first ones would have come.
      const more = await world.beginAll(
        b,
        heldServices.filter(({ isAlone }) => !isAlone),
      );
      const again = await Promise.all(more.map((run) => watch(run, c)));
      for (const run of more) await run.letGo(c);
      await Promise.all(again.map(({ ended }) => ended));
    });
    afterAll(tearDown);

    it.each(SERVICES)('%s is ended once, as interrupted, by one of those that are left', async (name) => {
      for (const one of of(name)) {
        expect(one.ends()).toHaveLength(1);
        expect(JSON.stringify(one.events)).toMatch(/interrupted/);
      }
    });

    it.each([
      ['chat', { stopping: false }],
      ['mcp-logs', { status: 'stopped' }],
      ['project-creation', { status: 'failed' }],
      ['research', { stopping: false }],
      ['tests', { status: 'failed' }],
    ])('%s can no longer be stopped, and a caller learns how it ended', (name, reply) => {
      expect(replies.get(name)).toMatchObject(reply);
    });
  });

  describe('when Redis is away at their end for longer than any wait,', () => {
    beforeAll(async () => {
      await setUp();
      const [a, b] = await Promise.all([running(startApp(settings)), running(startApp(settings))]);
      const runs = await world.beginAll(a);
      watches = await Promise.all(runs.map((run) => watch(run, b)));
      const [first] = watches;
      await redis.crash();
      await until('the store away', async () => (await shown(first!)).includes('store.unavailable'));
      // Calls are refused now, and released runs end without one.
      await Promise.all(runs.map((run) => run.letGo(a).catch(() => undefined)));
      await redis.restart();
      const server = runs.find(({ service }) => service.contract.name === 'mcp-logs')!;
      await stopWhenBack(server, b);
      await Promise.all(watches.map(({ ended }) => ended));
    });
    afterAll(tearDown);

    const stopWhenBack = async (run: HeldRun, server: Server) => {
      await until('the run stopped', () =>
        stop(run, server)!.then(
          () => true,
          () => false,
        ),
      );
    };

    it.each(SERVICES)('%s ends all the same, once', (name) => {
      for (const one of of(name)) expect(one.ends()).toHaveLength(1);
    });
  });
});
