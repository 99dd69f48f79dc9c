import type { JoinReply, LoggedEvent, Position, Reply } from '@switchyard/contract';
import { Redis } from 'ioredis';
import { socketIoWire } from '../conformance/socketio.wire-client.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import { board, type Note } from '../toys/board.toy.js';
import type { ToyApp } from '../toys/toy.app.js';
import { startNodes } from '../toys/toy.nodes.js';

const FILLER = 'x'.repeat(20_000);
const textOf = ({ payload }: LoggedEvent) => (payload as Note).text;

const health = async ({ url }: ToyApp) => {
  const response = await fetch(`${url}/health/ready`);
  return { code: response.status, ...((await response.json()) as { status: string; store: object }) };
};

describe('two nodes whose Redis has little memory', () => {
  let redis: TestRedis;
  let operator: Redis;
  let nodes: [ToyApp, ToyApp];
  beforeEach(async () => {
    redis = await TestRedis.start();
    operator = new Redis(redis.url);
    nodes = await startNodes(redis);
    for (const { board } of nodes) board.open('b');
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    operator.disconnect();
    await redis.stop();
  });

  const post = async ({ url }: ToyApp, text: string) => {
    const response = await fetch(`${url}/realtime/calls/board/post`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ board_id: 'b', text }),
    });
    return (await response.json()) as Reply<Note>;
  };
  const poll = async ({ url }: ToyApp, since?: Position) => {
    const query = since ? `?since=${since.epoch}:${since.offset}` : '';
    return (await (await fetch(`${url}/realtime/rooms/board/b${query}`)).json()) as JoinReply;
  };

  it('refuse what does not fit, with advice, keep reading, and recover when there is memory again', async () => {
    const start = await poll(nodes[0]);
    await post(nodes[0], 'one');
    await operator.config('SET', 'maxmemory', '1');
    for (const node of nodes) {
      expect(await post(node, 'lost')).toMatchObject({
        ok: false,
        error: { code: 'store.unavailable', recoverable: true, details: { reason: 'it takes no writes' } },
      });
      expect(await health(node)).toMatchObject({
        code: 503,
        status: 'degraded',
        store: {
          kind: 'redis',
          reachable: true,
          degraded_reason: expect.stringMatching(/maxmemory .*; raise maxmemory or/),
        },
      });
      expect((await poll(node, start)).events!.map(textOf)).toEqual(['one']);
    }
    await operator.config('SET', 'maxmemory', '0');
    for (const node of nodes) {
      await until('a node that is ready', async () => (await health(node)).code === 200);
      expect((await health(node)).store).not.toHaveProperty('degraded_reason');
      expect(await post(node, 'two')).toMatchObject({ ok: true });
    }
    expect((await poll(nodes[1], start)).events!.map(textOf)).toEqual(['one', 'two', 'two']);
  });

  it('begin a new epoch for a room that Redis dropped for lack of memory, and never mistake an old position for a new one', async () => {
    const [a, b] = nodes;
    const wire = socketIoWire(board).connect(a.url);
    await wire.join('b');
    for (const text of ['one', 'two', 'three']) await a.board.post({ board_id: 'b', text });
    for (let n = 0; n < 3; n += 1) await wire.next();
    const before = await poll(b);
    const [, used] = /used_memory:(\d+)/.exec(await operator.info('memory'))!;
    await operator.config('SET', 'maxmemory-policy', 'allkeys-random');
    await operator.config('SET', 'maxmemory', String(Number(used) + 400_000));
    for (let n = 0; await operator.exists('switchyard:log:board_b'); n += 1) {
      await operator.set(`filler-${n}`, FILLER).catch(() => undefined);
    }
    expect((await health(a)).store).toMatchObject({
      durability: expect.stringMatching(/drop any of it .*allkeys-random/),
    });
    await operator.config('SET', 'maxmemory', '0');
    for (const node of nodes) await until('a node that is ready', async () => (await health(node)).code === 200);
    // One more event than before, so that the old position would be valid.
    const texts = ['four', 'five', 'six', 'seven'];
    for (const text of texts) await b.board.post({ board_id: 'b', text });
    const after: LoggedEvent[] = [];
    for (const _ of texts) after.push(await wire.next());
    expect(after.map(textOf)).toEqual(texts);
    expect(after[0]!.epoch).not.toBe(before.epoch);
    // Redis may have dropped more than the log, and whoever notices that begins an epoch once more.
    const polled = await poll(a, before);
    expect(polled).toMatchObject({ recovered: false, offset: 4 });
    expect(polled.epoch).not.toBe(before.epoch);
    await wire.close();
  });
});

describe('two nodes whose Redis writes to a disk', () => {
  it('report its present durability', async () => {
    const redis = await TestRedis.start(['--appendonly', 'yes']);
    const operator = new Redis(redis.url);
    const nodes = await startNodes(redis);
    try {
      for (const mode of ['always', 'everysec', 'no']) {
        await operator.config('SET', 'appendfsync', mode);
        for (const node of nodes) {
          expect((await health(node)).store).toMatchObject({
            durability: expect.stringContaining(`(appendfsync ${mode})`),
          });
        }
      }
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
      operator.disconnect();
      await redis.stop();
    }
  });
});
