import type { JoinReply, Position } from '@switchyard/contract';
import { openRedisStore } from '@switchyard/store-redis';
import { Redis } from 'ioredis';
import { openSocket } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { TestRedis } from '../harness/redis.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { until } from '../harness/until.js';

/** The number of events in the copy of Redis, and of later events that the copy does not have. */
const KEPT = 5;
const LOST = 3;

/** A Redis set-up of an operator: the server, another for a replica, and the proxy of the nodes. */
interface Operator {
  server: TestRedis;
  replica: TestRedis;
  redis: Redis;
  other: Redis;
  proxy: FaultProxy;
}

/** A way in which Redis goes back to an older copy of its data. */
interface WayBack {
  name: string;
  copy(operator: Operator): Promise<unknown>;
  goBack(operator: Operator): Promise<unknown>;
}

async function follow(redis: Redis, leader: TestRedis): Promise<void> {
  await redis.replicaof('127.0.0.1', leader.port);
  await until('the replica following', async () => (await redis.info('replication')).includes('master_link_status:up'));
}

let backup: [key: string, value: Buffer][] = [];

const WAYS: readonly WayBack[] = [
  {
    name: 'an old dump is loaded into the running server',
    copy: ({ redis }) => redis.save(),
    goBack: ({ redis }) => redis.call('DEBUG', 'RELOAD', 'NOSAVE'),
  },
  {
    name: 'the server is restarted from an old dump',
    copy: ({ redis }) => redis.save(),
    goBack: ({ server }) => server.restart(),
  },
  {
    name: 'a replica that was behind becomes the leader, and leads the old one back to what it has',
    copy: async ({ other, server }) => {
      await follow(other, server);
      await other.replicaof('NO', 'ONE');
    },
    goBack: async ({ redis, replica }) => {
      await follow(redis, replica);
      await redis.replicaof('NO', 'ONE');
    },
  },
  {
    name: 'the nodes are moved to a replica that was behind',
    copy: async ({ other, server }) => {
      await follow(other, server);
      await other.replicaof('NO', 'ONE');
    },
    goBack: async ({ proxy, replica }) => {
      proxy.aim(replica.port);
      proxy.cutClean();
      await Promise.resolve();
    },
  },
  {
    name: 'the nodes are moved to a replica that was behind, and back to the old leader once it has followed',
    copy: async ({ other, server }) => {
      await follow(other, server);
      await other.replicaof('NO', 'ONE');
    },
    goBack: async ({ proxy, redis, server, replica }) => {
      proxy.aim(replica.port);
      proxy.cutClean();
      await follow(redis, replica);
      await redis.replicaof('NO', 'ONE');
      proxy.aim(server.port);
      proxy.cutClean();
    },
  },
];

/** Nothing in Redis shows this loss: the mark is unchanged, and an older copy does not have the earlier nodes. */
const KEY_BY_KEY: WayBack = {
  name: 'the keys are put back one by one',
  copy: async ({ redis }) => {
    const keys = await redis.keys('switchyard:*');
    const values = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    backup = keys.map((key, index) => [key, values[index]!]);
  },
  goBack: async ({ redis }) => {
    for (const [key, value] of backup) {
      if (!/:(history-mark|nodes)$/.test(key)) await redis.restore(key, 0, value, 'REPLACE');
    }
  },
};

describe('an empty room whose Redis goes back to an older copy of itself', () => {
  let operator: Operator;
  let nodes: ToyApp[];

  beforeEach(async () => {
    const settings = ['--enable-debug-command', 'yes', '--repl-diskless-sync-delay', '0'];
    const [server, replica] = await Promise.all([TestRedis.start(settings), TestRedis.start(settings)]);
    const proxy = await FaultProxy.to(server.port);
    const [redis, other] = [server, replica].map(({ url }) => new Redis(url, { disconnectTimeout: 100 })) as [
      Redis,
      Redis,
    ];
    operator = { server, replica, proxy, redis, other };
    operator.redis.on('error', () => undefined);
    nodes = [];
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    operator.redis.disconnect();
    operator.other.disconnect();
    await operator.proxy.close();
    await Promise.all([operator.server.stop(), operator.replica.stop()]);
  });

  const start = async () => {
    const url = `redis://127.0.0.1:${operator.proxy.port}`;
    const node = await startToys({ openStore: () => openRedisStore({ url }) });
    node.board.open('b');
    nodes.push(node);
    return node;
  };
  // During the change of Redis, a node may report that it is away.
  const post = ({ url }: ToyApp) =>
    until('a post', async () => {
      const reply = await fetch(`${url}/realtime/calls/board/post`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ board_id: 'b', text: 'a note' }),
      });
      return reply.ok;
    });
  const poll = ({ url }: ToyApp, since?: Position): Promise<JoinReply> => {
    const query = since ? `?since=${since.epoch}:${since.offset}` : '';
    return until('a poll', async () => {
      const reply = await fetch(`${url}/realtime/rooms/board/b${query}`);
      return reply.ok && ((await reply.json()) as JoinReply);
    }) as Promise<JoinReply>;
  };
  const at = ({ epoch, offset }: Position): Position => ({ epoch, offset });

  /** Disconnects clients at the positions of kept and lost events, and at the end. */
  const leaveBehind = async (node: ToyApp, { copy, goBack }: WayBack) => {
    await poll(node);
    for (let n = 0; n < KEPT; n += 1) await post(node);
    await copy(operator);
    const lost: Position[] = [];
    const kept = at(await poll(node));
    for (let n = 0; n < LOST; n += 1) {
      await post(node);
      lost.push(at(await poll(node)));
    }
    await goBack(operator);
    return { kept, lost };
  };
  const expectNoneRecovered = async (node: ToyApp, lost: readonly Position[]) => {
    for (const since of lost) {
      const reply = await poll(node, since);
      expect(reply).toMatchObject({ recovered: false, snapshot: { notes: expect.any(Array) as unknown } });
      const socket = await openSocket(node.url, '/board', { auth: { sdk: 'test' } }).connected();
      const { data } = await socket.call<{ data: JoinReply }>('join_board', { board_id: 'b', since });
      expect(data).toMatchObject({ recovered: false, offset: reply.offset });
    }
  };

  it.each([...WAYS, KEY_BY_KEY])('accepts no lost position on the only node: $name', async (way) => {
    const node = await start();
    const { kept, lost } = await leaveBehind(node, way);
    // More events than were lost, so that every seen offset has an event again.
    for (let n = 0; n <= LOST; n += 1) {
      await expectNoneRecovered(node, lost.slice(n));
      await post(node);
    }
    await expectNoneRecovered(node, lost);
    expect(await poll(node, kept)).toMatchObject({ recovered: true, offset: KEPT + LOST + 1 });
  });

  it.each(WAYS)('accepts no lost position on a node that did not see the end: $name', async (way) => {
    const [a, b] = [await start(), await start()];
    const { kept, lost } = await leaveBehind(a, way);
    for (let n = 0; n <= LOST; n += 1) await post(b);
    for (const node of [b, a]) {
      await expectNoneRecovered(node, lost);
      expect(await poll(node, kept)).toMatchObject({ recovered: true, offset: KEPT + LOST + 1 });
    }
  });

  it.each(WAYS)('accepts no lost position on a node that was started afterwards: $name', async (way) => {
    const before = await start();
    const { lost } = await leaveBehind(before, way);
    await before.close();
    const node = await start();
    for (let n = 0; n <= LOST; n += 1) await post(node);
    await expectNoneRecovered(node, lost);
  });

  it('accepts no lost position on a node that was started alone, where nothing in Redis shows the loss', async () => {
    const before = await start();
    const { lost } = await leaveBehind(before, { ...KEY_BY_KEY, goBack: () => before.close() });
    await KEY_BY_KEY.goBack(operator);
    const node = await start();
    for (let n = 0; n <= LOST; n += 1) await post(node);
    await expectNoneRecovered(node, lost);
  });

  it('resumes every position when a node is started beside another, or a connection is opened again', async () => {
    const [a, b] = [await start(), await start()];
    await post(a);
    const first = at(await poll(a));
    await b.close();
    const c = await start();
    await post(c);
    operator.proxy.cutClean();
    await post(a);
    await post(c);
    for (const node of [a, c]) expect(await poll(node, first)).toMatchObject({ recovered: true, offset: 4 });
    expect((await poll(a)).epoch).toBe(first.epoch);
  });

  it('resumes every position of an event that a reloaded or restarted server still has', async () => {
    const node = await start();
    await post(node);
    const first = at(await poll(node));
    await post(node);
    await operator.redis.call('DEBUG', 'RELOAD');
    await post(node);
    const third = at(await poll(node, first));
    expect(third.offset).toBe(3);
    await operator.redis.save();
    await operator.server.restart();
    await post(node);
    for (const since of [first, third]) expect(await poll(node, since)).toMatchObject({ recovered: true, offset: 4 });
  });
});
