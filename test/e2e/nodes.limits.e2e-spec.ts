import type { ErrorBody, Reply } from '@switchyard/contract';
import { openSocket, openWs } from '../harness/clients.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import type { ToyApp } from '../toys/toy.app.js';
import { startNodes } from '../toys/toy.nodes.js';

const RATE = { limit: 20, window_ms: 3_600_000 };
const note = (text: string) => ({ board_id: 'b', text });
const codeOf = (reply: Reply) => (reply.ok ? 'ok' : reply.error.code);
const of = (client: string) => ({ token: 'ann', client_id: `client-${client}`.padEnd(16, '_') });

describe('the limits of two nodes', () => {
  let redis: TestRedis;
  let nodes: [ToyApp, ToyApp];
  beforeEach(async () => {
    redis = await TestRedis.start();
    nodes = await startNodes(redis, { callRate: RATE, joinRate: RATE, maxConnectionsPerUser: 5 });
    for (const { board } of nodes) board.open('b');
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await redis.stop();
  });

  const connect = (node: 0 | 1, auth: object) => openSocket(nodes[node].url, '/board', { auth }).connected();

  it('are one: a user who has spent half of each budget on each node is refused on both', async () => {
    const [a, b] = [await connect(0, of('one')), await connect(1, of('two'))];
    for (const socket of [a, b]) {
      for (let n = 0; n < RATE.limit / 2; n += 1) {
        expect(codeOf(await socket.call<Reply>('post', note('one of many')))).toBe('ok');
        expect(codeOf(await socket.call<Reply>('join_room', { room: 'board_b' }))).toBe('ok');
      }
    }
    for (const socket of [a, b]) {
      const refused = await socket.call<Reply>('post', note('too much'));
      expect(refused).toMatchObject({ ok: false, error: { code: 'rate.limited', details: { limit: RATE.limit } } });
      expect(codeOf(await socket.call<Reply>('join_room', { room: 'board_b' }))).toBe('rate.limited');
    }
    expect(nodes[0].board.runs + nodes[1].board.runs).toBe(RATE.limit);
  });

  /** Connects, and waits until Redis has counted it, so that later connections come after it. */
  const arrive = async (node: 0 | 1, auth: object) => {
    const socket = await connect(node, auth);
    expect(codeOf(await socket.call<Reply>('post', note('here')))).toBe('ok');
    return socket;
  };

  it('evict a user’s first client on one node when the sixth comes to the other', async () => {
    const first = await arrive(0, of('first'));
    const path = `/api/boards/b/ws?client_id=${of('first').client_id}`;
    const old = openWs(nodes[0].url, path, { headers: { authorization: 'Bearer ann' } });
    await old.next();
    const others = [];
    for (const [n, name] of ['second', 'third', 'fourth', 'fifth'].entries())
      others.push(await arrive(n % 2 ? 0 : 1, of(name)));
    // The sockets of one client on both nodes count as one connection.
    others.push(await arrive(1, of('first')));
    expect(codeOf(await first.call<Reply>('post', note('still here')))).toBe('ok');

    const sixth = await connect(1, of('sixth'));
    const [error] = await first.next<[ErrorBody]>('service_error');
    expect(error).toMatchObject({ code: 'connection.limit', recoverable: false });
    expect(await first.disconnected()).toBe('io server disconnect');
    expect((await old.closed()).reason).toBe('connection.limit');
    expect(await others.pop()!.disconnected()).toBe('io server disconnect');
    for (const socket of others) expect(codeOf(await socket.call<Reply>('post', note('here')))).toBe('ok');
    expect(sixth.socket.connected).toBe(true);
  });

  it('hold on each node while Redis is away, refuse nobody because of that, and are one again when it is back', async () => {
    const clients = [];
    for (const name of ['first', 'second', 'third']) clients.push(await arrive(0, of(name)));
    await redis.crash();
    const [before] = clients;
    const codes: string[] = [];
    while (codes.at(-1) !== 'rate.limited') codes.push(codeOf(await before!.call<Reply>('no_such_call', {})));
    expect(codes).toEqual([...Array<string>(RATE.limit).fill('call.unknown'), 'rate.limited']);
    await clients.pop()!.close();
    await redis.restart();
    await until('both nodes well', async () => (await Promise.all(nodes.map(isWell))).every(Boolean));

    for (const name of ['fourth', 'fifth', 'sixth']) clients.push(await arrive(1, of(name)));
    expect(clients.every(({ socket }) => socket.connected)).toBe(true);
    await connect(1, of('seventh'));
    expect(await before!.disconnected()).toBe('io server disconnect');
  });

  const isWell = async ({ url }: ToyApp) => (await fetch(`${url}/health/ready`)).ok;
});
