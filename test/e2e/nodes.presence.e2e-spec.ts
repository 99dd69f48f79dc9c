import type { JoinReply, PresenceChange, Reply } from '@switchyard/contract';
import { ServiceRegistry } from '@switchyard/server';
import { startApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import { slowness } from '../harness/machine.js';
import { NodeProcess } from '../harness/node.process.js';
import { TestRedis } from '../harness/redis.js';
import type { TestSocket } from '../harness/test-socket.js';
import { until } from '../harness/until.js';
import { ParlourGateway } from '../toys/parlour.toy.js';
import type { ToyApp } from '../toys/toy.app.js';
import { startNodes } from '../toys/toy.nodes.js';

const client = (name: string) => `client-${name}`.padEnd(16, '_');
const changes = ({ received }: TestSocket) =>
  received.filter(({ event }) => event.startsWith('member_')).map(({ event, args }) => change(event, args));
const change = (event: string, args: unknown[]) => {
  const { user, members } = args[0] as PresenceChange;
  return `${event} ${user} ${members}`;
};
const hears = async (socket: TestSocket, wanted: string) => {
  await socket.waitFor(({ event, args }) => event.startsWith('member_') && change(event, args) === wanted, wanted);
};

async function enter(url: string, user: string, namespace = '/parlour', room = 'parlour_r') {
  const auth = { sdk: 'test', client_id: client(user), ...(namespace === '/parlour' && { token: user }) };
  const socket = await openSocket(url, namespace, { auth }).connected();
  const reply = await socket.call<Reply<JoinReply>>('join_room', { room });
  if (!reply.ok) throw new Error(reply.error.code);
  return { socket, reply: reply.data };
}

// Processes of their own take their time to begin where others run, too.
jest.setTimeout(120_000);

describe('who is in a room of two nodes', () => {
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

  const start = async (presenceGraceMs?: number) => {
    nodes = await startNodes(redis, {
      providers: [ParlourGateway],
      ...(presenceGraceMs !== undefined && { presenceGraceMs }),
    });
    return nodes;
  };

  it('is one on both, and a leave is told once on each', async () => {
    const [a, b] = await start(600);
    const alice = await enter(a.url, 'alice');
    expect(alice.reply).toMatchObject({ members: 1, users: ['alice'] });
    const bob = await enter(b.url, 'bob');
    expect(bob.reply).toMatchObject({ members: 2, users: ['alice', 'bob'] });
    const carol = await enter(b.url, 'carol');
    for (const { socket } of [alice, bob]) await hears(socket, 'member_joined carol 3');
    await carol.socket.close();
    for (const { socket } of [alice, bob]) await hears(socket, 'member_left carol 2');
    await enter(a.url, 'dave');
    for (const { socket } of [alice, bob]) await hears(socket, 'member_joined dave 3');
    expect(changes(alice.socket).filter((text) => text.startsWith('member_left'))).toHaveLength(1);
    expect(changes(bob.socket).filter((text) => text.startsWith('member_left'))).toHaveLength(1);
  });

  it('does not change when somebody is cut off on one and comes back on the other, on whatever wire', async () => {
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
    await hears(alice.socket, 'member_joined carol 3');
    expect(changes(alice.socket)).toEqual(['member_joined bob 2', 'member_joined carol 3']);
  });

  it('is put right after Redis was away, or came back without what it knew, and nobody is told what did not happen', async () => {
    await redis.stop();
    redis = await TestRedis.start();
    const [a, b] = await start(600);
    const alice = await enter(a.url, 'alice');
    const bob = await enter(b.url, 'bob');
    const carol = await enter(b.url, 'carol');
    await hears(alice.socket, 'member_joined carol 3');
    await redis.crash();
    await carol.socket.close();
    await redis.restart();
    const { presence } = b.get(ServiceRegistry);
    await until('carol gone', () => presence.size <= 1);
    // Both nodes say again whom they have, once they have found out.
    const present = async () => {
      const reply = await fetch(`${a.url}/realtime/rooms/parlour/r`, { headers: { authorization: 'Bearer alice' } });
      return (await reply.json()) as JoinReply;
    };
    await until('two members', async () => (await present()).members === 2);
    const dave = await enter(b.url, 'dave');
    expect(dave.reply.users!.sort()).toEqual(['alice', 'bob', 'dave']);
    await hears(alice.socket, 'member_joined dave 3');
    await hears(bob.socket, 'member_joined dave 3');
    const joins = changes(alice.socket).filter((text) => text.startsWith('member_joined'));
    expect(joins.map((text) => text.split(' ')[1])).toEqual(['bob', 'carol', 'dave']);
  });

  it('can be asked, told and put out from the other', async () => {
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

  it('loses its ghosts when a node is killed, once for each, soon after the grace', async () => {
    const grace_ms = 2000;
    const settings = { REDIS_URL: redis.url, PRESENCE_GRACE_MS: String(grace_ms) };
    const b = await NodeProcess.start(settings);
    const [a, c] = await Promise.all([startApp(settings), startApp(settings)]);
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
      const left = await Promise.all(
        witnesses.map(({ socket }) => socket.waitFor(({ event }) => event === 'member_left')),
      );
      const gone_ms = performance.now() - killed;
      expect(gone_ms).toBeGreaterThan(grace_ms / 2);
      expect(gone_ms).toBeLessThan(3 * grace_ms * slowness());
      expect(left.map(({ args }) => (args[0] as PresenceChange).members)).toEqual([3, 3]);
      await join(a.url, 'last');
      for (const { socket } of witnesses) {
        await socket.waitFor(
          ({ event, args }) => event === 'member_joined' && (args[0] as PresenceChange).members === 4,
        );
        expect(changes(socket).filter((text) => text.startsWith('member_left'))).toHaveLength(1);
      }
    } finally {
      await Promise.all([a, b, c].map((node) => node.close()));
    }
  });
});
