import { presenceAfter, type JoinReply, type Presence, type PresenceChange, type Reply } from '@switchyard/contract';
import { ServiceRegistry } from '@switchyard/server';
import { openRedisStore } from '@switchyard/store-redis';
import { openSocket, openWs } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { Inbox } from '../harness/inbox.js';
import { slowness } from '../harness/machine.js';
import { NodeProcess } from '../harness/node.process.js';
import { TestRedis } from '../harness/redis.js';
import type { TestSocket } from '../harness/test-socket.js';
import { until } from '../harness/until.js';
import { ParlourGateway } from '../toys/parlour.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { startNodes } from '../toys/toy.nodes.js';

const client = (name: string) => `client-${name}`.padEnd(16, '_');
const changes = ({ received }: TestSocket) =>
  received.filter(({ event }) => event === 'presence_changed').map(({ args }) => args[0] as PresenceChange);
const joined = (socket: TestSocket) => changes(socket).flatMap((change) => change.joined!);
const left = (socket: TestSocket) => changes(socket).flatMap((change) => change.left!);
const untilChange = (socket: TestSocket, isSo: (change: PresenceChange) => boolean, what: string) =>
  socket.waitFor(({ event, args }) => event === 'presence_changed' && isSo(args[0] as PresenceChange), what);
const untilJoined = (socket: TestSocket, user: string) =>
  untilChange(socket, ({ joined = [] }) => joined.includes(user), `that ${user} joined`);
const untilLeft = (socket: TestSocket, user: string) =>
  untilChange(socket, ({ left = [] }) => left.includes(user), `that ${user} left`);
const untilMembers = (socket: TestSocket, count: number) =>
  untilChange(socket, ({ members }) => members === count, `${count}`);

async function enter(url: string, user: string, namespace = '/parlour', room = 'parlour_r') {
  const auth = { sdk: 'test', client_id: client(user), ...(namespace === '/parlour' && { token: user }) };
  const socket = await openSocket(url, namespace, { auth }).connected();
  const reply = await socket.call<Reply<JoinReply>>('join_room', { room });
  if (!reply.ok) throw new Error(reply.error.code);
  return { socket, reply: reply.data };
}

// Separate processes start slowly while other tests run.
jest.setTimeout(120_000);

describe('presence in a room of two nodes', () => {
  let redis: TestRedis;
  let nodes: [ToyApp, ToyApp] | undefined;
  beforeEach(async () => {
    redis = await TestRedis.start(['--appendonly', 'yes']);
  });
  afterEach(async () => {
    await Promise.all((nodes ?? []).map((node) => node.close()));
    nodes = undefined;
    await redis.stop();
  });

  const start = async (presenceGraceMs?: number, proxies?: readonly FaultProxy[]) => {
    const options = { providers: [ParlourGateway], ...(presenceGraceMs !== undefined && { presenceGraceMs }) };
    const behind = (proxy: FaultProxy) =>
      startToys({ ...options, openStore: () => openRedisStore({ url: `redis://127.0.0.1:${proxy.port}` }) });
    nodes = proxies ? await Promise.all([behind(proxies[0]!), behind(proxies[1]!)]) : await startNodes(redis, options);
    return nodes;
  };

  it('is the same on both, and reports a leave once on each', async () => {
    const [a, b] = await start(600);
    const alice = await enter(a.url, 'alice');
    expect(alice.reply).toMatchObject({ members: 1, users: ['alice'] });
    const bob = await enter(b.url, 'bob');
    expect(bob.reply).toMatchObject({ members: 2, users: ['alice', 'bob'] });
    const carol = await enter(b.url, 'carol');
    for (const { socket } of [alice, bob]) await untilMembers(socket, 3);
    await carol.socket.close();
    for (const { socket } of [alice, bob]) await untilLeft(socket, 'carol');
    await enter(a.url, 'dave');
    for (const { socket } of [alice, bob]) await untilJoined(socket, 'dave');
    expect([joined(alice.socket), left(alice.socket)]).toEqual([['bob', 'carol', 'dave'], ['carol']]);
    expect([joined(bob.socket), left(bob.socket)]).toEqual([['carol', 'dave'], ['carol']]);
  });

  it('does not change when somebody loses one node and returns to the other, on any wire', async () => {
    const [a, b] = await start();
    const alice = await enter(a.url, 'alice');
    const bob = await enter(a.url, 'bob');
    bob.socket.socket.io.engine.close();
    const auth = { headers: { authorization: 'Bearer bob' } };
    const old = await openWs(b.url, '/api/parlours/r/ws', auth).opened();
    await old.next();
    await old.close();
    const poll = await fetch(`${b.url}/realtime/rooms/parlour/r`, auth);
    expect(await poll.json()).toMatchObject({ members: 2, users: ['alice', 'bob'] });
    await enter(b.url, 'carol');
    await untilMembers(alice.socket, 3);
    expect([joined(alice.socket), left(alice.socket)]).toEqual([['bob', 'carol'], []]);
  });

  it('is corrected after Redis was away or came back empty, without false reports', async () => {
    await redis.stop();
    redis = await TestRedis.start();
    const [a, b] = await start(600);
    const alice = await enter(a.url, 'alice');
    const bob = await enter(b.url, 'bob');
    const carol = await enter(b.url, 'carol');
    await untilMembers(alice.socket, 3);
    await redis.crash();
    await carol.socket.close();
    await redis.restart();
    // Both nodes store their members again once they notice; carol's grace ends before or soon after.
    for (const { socket } of [alice, bob]) await untilLeft(socket, 'carol');
    const dave = await enter(b.url, 'dave');
    expect(dave.reply.users!.sort()).toEqual(['alice', 'bob', 'dave']);
    for (const { socket } of [alice, bob]) await untilJoined(socket, 'dave');
    expect([joined(alice.socket), left(alice.socket)]).toEqual([['bob', 'carol', 'dave'], ['carol']]);
    expect(left(bob.socket)).toEqual(['carol']);
  });

  it('reports later who left and who came while Redis was away', async () => {
    const proxies = await Promise.all([FaultProxy.to(redis.port), FaultProxy.to(redis.port)]);
    try {
      const [a, b] = await start(600, proxies);
      const alice = await enter(a.url, 'alice');
      const bob = await enter(b.url, 'bob');
      const carol = await enter(b.url, 'carol');
      await untilMembers(alice.socket, 3);
      for (const proxy of proxies) {
        proxy.refuse();
        proxy.cutClean();
      }
      await carol.socket.close();
      const { presence } = b.get(ServiceRegistry);
      // The grace is over: this node has removed carol, and could not publish that.
      await until('carol given up', () => presence.size <= 1);
      const { store } = b.get(ServiceRegistry);
      await expect(store.cluster!.presence.here('parlour_r')).rejects.toMatchObject({ code: 'store.unavailable' });
      for (const proxy of proxies) proxy.accept();
      for (const { socket } of [alice, bob]) await untilLeft(socket, 'carol');
      expect([joined(alice.socket), left(alice.socket)]).toEqual([['bob', 'carol'], ['carol']]);
      expect((await enter(a.url, 'dave')).reply).toMatchObject({ members: 3, users: ['alice', 'bob', 'dave'] });
      for (const { socket } of [alice, bob]) await untilJoined(socket, 'dave');
    } finally {
      await Promise.all(proxies.map((proxy) => proxy.close()));
    }
  });

  it('reports nobody as left when their node is the second to return to an empty Redis', async () => {
    await redis.stop();
    redis = await TestRedis.start();
    const proxies = await Promise.all([FaultProxy.to(redis.port), FaultProxy.to(redis.port)]);
    try {
      const [a, b] = await start(3000, proxies);
      const alice = await enter(a.url, 'alice');
      await enter(b.url, 'bob');
      await untilMembers(alice.socket, 2);
      await redis.crash();
      proxies[1].refuse();
      await redis.restart();
      const { store } = a.get(ServiceRegistry);
      const here = async () => (await store.cluster!.presence.here('parlour_r').catch(() => undefined))?.members;
      await until('one member', async () => (await here()) === 1);
      proxies[1].accept();
      await until('two members', async () => (await here()) === 2);
      await enter(a.url, 'dave');
      await untilJoined(alice.socket, 'dave');
      expect([joined(alice.socket), left(alice.socket)]).toEqual([['bob', 'dave'], []]);
    } finally {
      await Promise.all(proxies.map((proxy) => proxy.close()));
    }
  });

  it('keeps the members of a node that misses one beat, and removes those of a node that misses two', async () => {
    const [a] = await start(600);
    const alice = await enter(a.url, 'alice');
    const { presence: store, nodes } = a.get(ServiceRegistry).store.cluster!;
    let isAlive = true;
    // Each check of this node, once it has ended.
    const looks = new Inbox<boolean>('the looks');
    const sweep = store.dead.bind(store);
    store.dead = async (silent_ms) => {
      if (isAlive) await nodes.beat('another');
      const dead = await sweep(silent_ms);
      looks.put(dead.includes('another'));
      return dead;
    };
    await nodes.beat('another');
    await store.enter('another', 'parlour_r', { id: 'id-ghost', user: 'ghost' });
    await untilMembers(alice.socket, 2);
    isAlive = false;
    await looks.take((isDead) => isDead, 'a missed beat');
    // All effects of that check have reached Redis before the second query.
    await store.here('parlour_r');
    expect(await store.here('parlour_r')).toMatchObject({ members: 2 });
    isAlive = true;
    for (let alive = 0; alive < 3; alive += 1) await looks.take((isDead) => !isDead, 'a beat');
    expect(await store.here('parlour_r')).toMatchObject({ members: 2 });
    expect(left(alice.socket)).toEqual([]);
    isAlive = false;
    await untilLeft(alice.socket, 'ghost');
    expect(changes(alice.socket).at(-1)).toMatchObject({ joined: [], left: ['ghost'], members: 1 });
  });

  it('takes few messages to each of many who come to both at once, and is right on both', async () => {
    const nodes = await start();
    const count = 60;
    const url = (n: number) => nodes[n % 2]!.url;
    const began = performance.now();
    const people = await Promise.all(Array.from({ length: count }, (_, n) => enter(url(n), `u${n}`)));
    for (const { socket, reply } of people) {
      const now = changes(socket).reduce<Presence>((before, change) => presenceAfter(before, change), {
        members: reply.members!,
        users: reply.users!,
      });
      if (now.members !== count) await untilMembers(socket, count);
    }
    const windows = Math.ceil((performance.now() - began) / 250) + 1;
    for (const { socket, reply } of people) {
      const { users } = changes(socket).reduce<Presence>((before, change) => presenceAfter(before, change), {
        members: reply.members!,
        users: reply.users!,
      });
      expect(new Set(users)).toEqual(new Set(people.map((_, n) => `u${n}`)));
      expect(changes(socket).length).toBeLessThanOrEqual(windows);
    }
  });

  it('lets one node list, message and evict the members on the other', async () => {
    const [a, b] = await start();
    const alice = await enter(a.url, 'alice');
    const bob = await enter(b.url, 'bob');
    const parlour = a.get(ParlourGateway);
    const present = await parlour.present('r');
    expect(new Set(present.map(({ id }) => id))).toEqual(new Set([alice.socket.socket.id, bob.socket.socket.id]));
    expect(present.map(({ caller }) => caller.user!.id).sort()).toEqual(['alice', 'bob']);
    const { id = '' } = bob.socket.socket;
    expect(await parlour.whisper(id, 'r', 'for you')).toBe(true);
    expect((await bob.socket.next('said'))[0]).toEqual({ text: 'for you' });
    await parlour.putOut(id, 'r');
    expect(await parlour.whisper(id, 'r', 'gone')).toBe(false);
    expect((await parlour.present('r')).map(({ caller }) => caller.user!.id)).toEqual(['alice']);
    await alice.socket.call('say', { parlour_id: 'r', text: 'for those inside' });
    await alice.socket.next('said');
    expect(bob.socket.received.map(({ args }) => args[0])).not.toContainEqual({ text: 'for those inside' });
  });

  it('removes the members of a killed node, once each, soon after the grace', async () => {
    const grace_ms = 2000;
    const settings = { REDIS_URL: redis.url, PRESENCE_GRACE_MS: String(grace_ms) };
    const nodes = await Promise.all([1, 2, 3].map(() => NodeProcess.start(settings)));
    const [a, b, c] = nodes as [NodeProcess, NodeProcess, NodeProcess];
    try {
      const created = await fetch(`${a.url}/api/agent-chat/sessions`, { method: 'POST' });
      const { session_id } = (await created.json()) as { session_id: string };
      const join = (url: string, user: string) => enter(url, user, '/chat', `session_${session_id}`);
      const witnesses = [await join(a.url, 'first'), await join(c.url, 'second')];
      const returning = await join(b.url, 'returns');
      await join(b.url, 'ghost');
      const ghosts = (await join(a.url, 'first')).reply.members;
      expect(ghosts).toBe(4);
      const killed = performance.now();
      await b.close();
      await returning.socket.close();
      await join(c.url, 'returns');
      await Promise.all(
        witnesses.map(({ socket }) => untilChange(socket, ({ left }) => left!.length > 0, 'the ghost')),
      );
      const gone_ms = performance.now() - killed;
      expect(gone_ms).toBeGreaterThan(grace_ms / 2);
      expect(gone_ms).toBeLessThan(3 * grace_ms * slowness());
      const last = (await join(a.url, 'last')).reply.users!.at(-1)!;
      for (const { socket } of witnesses) {
        await untilChange(socket, ({ joined }) => joined!.includes(last), 'the last');
        expect(left(socket)).toHaveLength(1);
        expect(changes(socket).at(-1)).toMatchObject({ members: 4 });
      }
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
    }
  });
});
