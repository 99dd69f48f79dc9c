import type { JoinReply, RealtimeConfig, Reply } from '@switchyard/contract';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import { SERVICE_NAMES } from '../harness/service.names.js';
import { JWT_SECRET, userToken as token } from '../harness/user.token.js';

describe('authentication', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ JWT_SECRET, REQUIRE_AUTH: 'true' });
  });
  afterAll(() => app.close());

  const code = (body: unknown) => (body as { error: { code: string } }).error.code;
  const expired = () => token('ada', '-1m');
  const justOver = () => token('ada', Date.now() - 1);
  const forged = () => token('ada', '1h', 'another-secret-of-32-characters!!');

  describe.each([
    ['no token', () => Promise.resolve(undefined), 'auth.required'],
    ['an expired one', expired, 'auth.expired'],
    ['one that ended a millisecond ago', justOver, 'auth.expired'],
    ['a forged one', forged, 'auth.invalid'],
    ['nonsense', () => Promise.resolve('nonsense'), 'auth.invalid'],
  ])('with %s', (_what, make, expected) => {
    it('refuses a namespace with a coded connect_error', async () => {
      const socket = openSocket(app.url, '/crawl', { auth: { token: await make() } });
      expect((await socket.refused()).data).toMatchObject({ code: expected, help: expect.any(String) });
    });

    it('refuses an old WebSocket before the upgrade', async () => {
      const value = await make();
      const { status, body } = await openWs(
        app.url,
        `/api/crawl-progress/x${value ? `?token=${value}` : ''}`,
      ).refused();
      expect(status).toBe(401);
      expect(code(JSON.parse(body))).toBe(expected);
    });

    it('refuses polling, calls and REST', async () => {
      const value = await make();
      const headers = { 'content-type': 'application/json', ...(value && { authorization: `Bearer ${value}` }) };
      for (const [path, method] of [
        ['/realtime/rooms/crawl/x', 'GET'],
        ['/realtime/calls/crawl/start_crawl', 'POST'],
        ['/api/crawls', 'POST'],
        ['/api/tests/suites', 'GET'],
        ['/api/mcp/logs', 'GET'],
        ['/api/knowledge-items', 'GET'],
        ['/api/knowledge-items/upload', 'POST'],
      ] as const) {
        const response = await fetch(app.url + path, { method, headers, ...(method === 'POST' && { body: '{}' }) });
        expect(response.status).toBe(401);
        expect(code(await response.json())).toBe(expected);
      }
    });
  });

  it('closes every namespace, and shows everybody the addresses', async () => {
    const { services } = (await (await fetch(`${app.url}/realtime/config`)).json()) as RealtimeConfig;
    const namespaces = ['/', ...Object.values(services).map(({ namespace }) => namespace)];
    expect(Object.keys(services).sort()).toEqual(SERVICE_NAMES);
    for (const namespace of namespaces) {
      expect((await openSocket(app.url, namespace).refused()).data).toMatchObject({ code: 'auth.required' });
    }
  });

  it('gives a user their own rooms, on every wire, and nobody else', async () => {
    const ada = await openSocket(app.url, '/crawl', { auth: { token: await token('ada') } }).connected();
    const started = await ada.call<Reply<{ progress_id: string }>>('start_crawl', { url: 'https://example.com/' });
    if (!started.ok) throw new Error(started.error.code);
    const { progress_id } = started.data;
    expect((await ada.call<Reply<JoinReply>>('join_crawl', { progress_id })).ok).toBe(true);

    const eve = await token('eve');
    const socket = await openSocket(app.url, '/crawl', { auth: { token: eve } }).connected();
    expect(code(await socket.call('join_crawl', { progress_id }))).toBe('room.forbidden');
    expect(code(await socket.call('stop_crawl', { progress_id }))).toBe('room.forbidden');
    expect((await openWs(app.url, `/api/crawl-progress/${progress_id}?token=${eve}`).refused()).status).toBe(403);
    const poll = await fetch(`${app.url}/realtime/rooms/crawl/${progress_id}`, {
      headers: { authorization: `Bearer ${eve}` },
    });
    expect(poll.status).toBe(403);
    const rest = await fetch(`${app.url}/api/crawls/${progress_id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${eve}` },
    });
    expect(rest.status).toBe(403);
  });

  it('accepts a fresh token of the same user, and of nobody else, without a reconnect', async () => {
    const socket = await openSocket(app.url, '/crawl', { auth: { token: await token('ada') } }).connected();
    const fresh = await socket.call<Reply<{ expires_at: number }>>('reauthenticate', {
      token: await token('ada', '2h'),
    });
    expect(fresh).toEqual({ ok: true, data: { expires_at: expect.any(Number) } });
    expect(code(await socket.call('reauthenticate', { token: await token('eve') }))).toBe('auth.invalid');
    expect(code(await socket.call('reauthenticate', { token: await expired() }))).toBe('auth.expired');
    expect(code(await socket.call('reauthenticate', {}))).toBe('input.invalid');
    expect(socket.socket.connected).toBe(true);
  });
});
