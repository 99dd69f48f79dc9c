import type { JoinReply, PresenceChange, Reply } from '@switchyard/contract';
import { openSocket, openWs } from '../harness/clients.js';
import type { ToyApp } from '../toys/toy.app.js';
import { startOldWire } from './old.wire.server.js';
import { PreviewGateway } from './server-session.example.js';

interface Status {
  sid: string;
  new: boolean;
}

describe('an old wire whose server gives each client an id', () => {
  let toys: ToyApp;
  let gateway: PreviewGateway;
  beforeAll(async () => {
    const authenticate = ({ token }: { token?: string }) => Promise.resolve(token ? { id: token } : undefined);
    toys = await startOldWire(PreviewGateway, { authenticate, presenceGraceMs: 0 });
    gateway = toys.get(PreviewGateway);
  });
  afterAll(() => toys.close());

  const open = async (query = '') => {
    const ws = await openWs(toys.url, `/ws/preview?${query}`).opened();
    const status = await ws.nextJson<Status>();
    expect(await ws.next()).toContain('"progress"');
    return { ws, ...status };
  };
  const join = async (key: string, auth: object) => {
    const socket = await openSocket(toys.url, '/previews', { auth: { sdk: 'test', ...auth } }).connected();
    return { socket, reply: await socket.call<Reply<JoinReply>>('join_room', { room: `preview_${key}` }) };
  };

  it('tells a client its id first, and the room of that id is the client’s', async () => {
    const [one, two] = [await open(), await open()];
    expect([one.sid, two.sid]).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}$/),
      expect.stringMatching(/^[0-9a-f]{32}$/),
    ]);
    expect([one.new, one.sid === two.sid]).toEqual([true, false]);
    await gateway.paint(one.sid, 40);
    await gateway.paint(two.sid, 60);
    expect(await one.ws.next()).toBe('{"type":"progress","value":40}');
    expect(await two.ws.next()).toBe('{"type":"progress","value":60}');
  });

  it('closes the older WebSocket of a client that returns, and its room sees nobody come or go', async () => {
    const first = await open();
    const { socket } = await join(first.sid, { client_id: 'a-watching-client-1' });
    const second = await open(`clientId=${first.sid}`);
    expect({ sid: second.sid, new: second.new }).toEqual({ sid: first.sid, new: false });
    expect(await first.ws.closed()).toEqual({ code: 4009, reason: 'opened again' });
    const third = await open(`clientId=${first.sid}`);
    expect((await second.ws.closed()).code).toBe(4009);
    await gateway.paint(first.sid, 80);
    expect(await third.ws.next()).toBe('{"type":"progress","value":80}');
    await join(first.sid, { client_id: 'a-watching-client-2' });
    await socket.waitFor(({ args }) => (args[0] as Partial<PresenceChange>).members === 3, 'the other watcher');
    const changes = socket.received.flatMap(({ event, args }) => (event === 'presence_changed' ? [args[0]] : []));
    expect((changes as PresenceChange[]).map(({ joined, left }) => [joined?.length, left?.length])).toEqual([[1, 0]]);
  });

  it('keeps the room of its first user from all others, on every wire', async () => {
    const { sid } = await open('token=ada');
    expect((await openWs(toys.url, `/ws/preview?clientId=${sid}&token=eve`).refused()).status).toBe(403);
    expect((await openWs(toys.url, `/ws/preview?clientId=${sid}`).refused()).status).toBe(403);
    expect((await join(sid, { token: 'eve' })).reply).toMatchObject({ ok: false, error: { code: 'room.forbidden' } });
    expect((await join(sid, { token: 'ada' })).reply).toMatchObject({ ok: true });
    expect((await open(`clientId=${sid}&token=ada`)).new).toBe(false);
  });
});
