import type { ControlPayloads, Reply } from '@switchyard/contract';
import { Manager } from 'socket.io-client';
import { openSocket, openWs } from '../harness/clients.js';
import type { TestSocket } from '../harness/test-socket.js';
import { until } from '../harness/until.js';
import { userToken } from '../harness/user.token.js';
import { CONNECTION_KINDS, type Joined } from '../identity/connection.kinds.js';
import { tokenAuthenticator } from '../identity/token.authenticator.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

/** The lifetime of the tokens, long enough for a busy machine to open every connection. */
const LIFE_MS = 3000;
const DAY_MS = 86_400_000;

type Renewed = Reply<{ expires_at: number | null }>;

describe('connections whose token ends', () => {
  let toys: ToyApp;
  let ends: number;
  let token: string;
  const opened = new Map<string, Joined>();
  const ended = new Map<string, { how: string; at: number }>();
  const lasting: Joined[] = [];
  let stayed: readonly unknown[];

  const openAll = (value: string) => Promise.all(CONNECTION_KINDS.map((kind) => kind.open(toys.url, 'b', value)));
  const post = (text: string) => toys.board.post({ board_id: 'b', text });

  beforeAll(async () => {
    toys = await startToys({ authenticate: tokenAuthenticator() });
    toys.board.open('b');
    // A timer of more than 2^31 ms is over at once.
    const month = await userToken('ada', Date.now() + 30 * DAY_MS);
    const decade = await userToken('ada', Date.now() + 3650 * DAY_MS);
    lasting.push(...(await openAll(month)), ...(await openAll(decade)));
    ends = Date.now() + LIFE_MS;
    token = await userToken('ada', ends);
    const short = await openAll(token);
    CONNECTION_KINDS.forEach(({ name }, at) => opened.set(name, short[at]!));
    await post('before');
    await Promise.all([...opened.values(), ...lasting].map((joined) => joined.arrived('before')));
    for (const [name, joined] of opened) joined.post?.(`by ${name}`);
    await Promise.all([...opened].map(async ([name, joined]) => ended.set(name, await joined.over())));
    await post('after');
    await Promise.all(lasting.map((joined) => joined.arrived('after')));
    // The last of the other connections may still be closing.
    await until('only those that stay', async () => {
      stayed = await toys.board.present('b');
      return stayed.length <= lasting.length;
    });
  });
  afterAll(() => toys.close());

  describe.each(CONNECTION_KINDS)('over $name', ({ name, isWarned, end }) => {
    it('are closed at that time and not before, so that clients can reconnect', () => {
      const { how, at } = ended.get(name)!;
      expect(how).toBe(end);
      expect(at).toBeGreaterThanOrEqual(ends);
    });

    it('carry calls and events until then, and no event after', () => {
      const all = opened.get(name)!.all();
      expect(all).toContain('"before"');
      if (opened.get(name)!.post) expect(all).toContain(`"by ${name}"`);
      expect(all).not.toContain('"after"');
    });

    it(isWarned ? 'are warned before' : 'get no warning, for which the old wire had no frame', () => {
      expect(opened.get(name)!.all().includes('auth_expiring')).toBe(isWarned);
    });
  });

  it('leave their rooms', () => {
    expect(stayed).toHaveLength(lasting.length);
  });

  it('are warned of the time left, at most half of it', () => {
    const [, payload] = /"auth_expiring","payload":(\{.*?\})/.exec(
      opened.get('an old WebSocket with positions')!.all(),
    )!;
    const { expires_at, expires_in_ms } = JSON.parse(payload!) as ControlPayloads['auth_expiring'];
    expect(expires_at).toBe(ends);
    expect(expires_in_ms).toBeGreaterThan(0);
    expect(expires_in_ms).toBeLessThanOrEqual(LIFE_MS / 2);
  });

  it('are not warned while their end is far away', () => {
    for (const joined of lasting) expect(joined.all()).not.toMatch(/auth_expiring|auth\.expired/);
  });

  it('run no call that an old socket sends while it is being closed', async () => {
    const until = Date.now() + 1500;
    const brief = await userToken('ada', until);
    const witness = await openSocket(toys.url, '/board', { auth: { token: brief } }).connected();
    const old = await openWs(toys.url, `/api/boards/b/ws?token=${brief}`).opened();
    const many = await openWs(toys.url, `/boards?token=${brief}`).opened();
    await old.waitFor((frame) => frame.includes('"notes"'));
    // It ignores the close, and does not answer it.
    for (const { ws } of [old, many]) ws.pause();
    await witness.disconnected();
    const { runs } = toys.board;
    old.send({ type: 'post', text: 'too late' });
    many.send({ board: 'b', text: 'too late' });
    for (const { ws } of [old, many]) ws.resume();
    await Promise.all([old.closed(), many.closed()]);
    expect(toys.board.runs).toBe(runs);
  });
});

describe('a renewal on an open connection', () => {
  let toys: ToyApp;
  let managers: Manager[];
  beforeAll(async () => {
    toys = await startToys({ authenticate: tokenAuthenticator() });
    toys.board.open('b');
  });
  afterAll(() => toys.close());
  beforeEach(() => (managers = []));
  afterEach(() => managers.forEach((manager) => manager._close()));

  const open = async (token: string, namespace = '/board') => {
    const socket = await openSocket(toys.url, namespace, { auth: { token } }).connected();
    if (namespace === '/') await socket.call('watch', { board_id: 'b', switchyard: 1 });
    else await socket.call('join_board', { board_id: 'b' });
    return socket;
  };
  const renew = (socket: TestSocket, token: unknown) => socket.call<Renewed>('reauthenticate', { token });
  const renewRoot = (socket: TestSocket, token: unknown) =>
    socket.call<Renewed>('_sy', { _sy: { event: 'reauthenticate', payload: { token } } });

  it.each([
    ['a namespace', '/board', renew],
    ['the root namespace', '/', renewRoot],
  ])('keeps %s open beyond the end of its first token', async (_where, namespace, make) => {
    const token = await userToken('ada', Date.now() + 1500);
    const [staying, going] = [await open(token, namespace), await open(token, namespace)];
    const [warning] = namespace === '/' ? await staying.next('_sy') : await staying.next('auth_expiring');
    expect(JSON.stringify(warning)).toContain('expires_in_ms');
    const later = Date.now() + 3_600_000;
    expect(await make(staying, await userToken('ada', later))).toEqual({ ok: true, data: { expires_at: later } });
    await going.disconnected();
    await toys.board.post({ board_id: 'b', text: `after ${namespace}` });
    await staying.waitFor(({ args }) => JSON.stringify(args).includes(`after ${namespace}`));
    expect(staying.socket.connected).toBe(true);
  });

  it('applies the end of a token that ends sooner', async () => {
    const socket = await open(await userToken('ada'));
    const soon = Date.now() + 300;
    expect(await renew(socket, await userToken('ada', soon))).toEqual({ ok: true, data: { expires_at: soon } });
    await socket.disconnected();
    expect(Date.now()).toBeGreaterThanOrEqual(soon);
  });

  it('renews all namespaces of the connection that are the same user’s, and no other', async () => {
    const soon = Date.now() + 1500;
    const manager = new Manager(toys.url, { transports: ['websocket'], reconnection: false });
    managers.push(manager);
    const token = await userToken('ada', soon);
    const [board, meter] = ['/board', '/meter'].map((namespace) => manager.socket(namespace, { auth: { token } }));
    const eve = manager.socket('/shelf', { auth: { token: await userToken('eve', soon) } });
    for (const socket of [board!, meter!, eve]) {
      if (!socket.connected) await new Promise<void>((resolve) => socket.once('connect', resolve));
    }
    const notified: string[] = [];
    board!.on('service_error', () => notified.push('board'));
    meter!.on('service_error', () => notified.push('meter'));
    eve.on('service_error', () => notified.push('eve'));
    expect(await board!.emitWithAck('reauthenticate', { token: await userToken('ada') })).toMatchObject({ ok: true });
    await new Promise((resolve) => eve.once('disconnect', resolve));
    // The other namespaces reconnect at once; only eve learns that her token was the reason.
    expect(notified).toEqual(['eve']);
  });

  it('is refused, with the reason, when the token is another user’s or has ended', async () => {
    const socket = await open(await userToken('ada'));
    expect(await renew(socket, await userToken('eve'))).toMatchObject({
      ok: false,
      error: { code: 'auth.invalid', details: { reason: 'the token is of another user' } },
    });
    expect(await renew(socket, await userToken('ada', Date.now() - 1))).toMatchObject({
      ok: false,
      error: { code: 'auth.expired' },
    });
    expect(socket.socket.connected).toBe(true);
  });
});

describe('an authenticator that returns a user whose token has ended', () => {
  let toys: ToyApp;
  beforeAll(async () => {
    toys = await startToys({ authenticate: () => Promise.resolve({ id: 'ada', expires_at: Date.now() }) });
    toys.board.open('b');
  });
  afterAll(() => toys.close());

  it.each(['/board', '/'])('admits nobody to the namespace %s', async (namespace) => {
    expect((await openSocket(toys.url, namespace).refused()).data).toMatchObject({ code: 'auth.expired' });
  });

  it.each(['/api/boards/b/ws', '/api/boards/b/ws?switchyard=1', '/boards'])(
    'opens no old WebSocket at %s',
    async (path) => {
      const { status, body } = await openWs(toys.url, path).refused();
      expect(status).toBe(401);
      expect(body).toContain('"auth.expired"');
    },
  );

  it.each(['GET /realtime/rooms/board/b', 'POST /realtime/rooms', 'POST /realtime/calls/board/post'])(
    'answers no %s',
    async (route) => {
      const [method, path] = route.split(' ');
      const response = await fetch(toys.url + path, { method });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: { code: 'auth.expired' } });
    },
  );
});
