import type { ErrorBody, RealtimeConfig } from '@switchyard/contract';
import { Fault } from '@switchyard/contract';
import type { Authenticate } from '@switchyard/server';
import { startApp, type TestApp } from '../harness/app.js';
import { JWT_SECRET, userToken } from '../harness/user.token.js';
import { AdminClient } from '../harness/admin.client.js';
import { startToys } from '../toys/toy.app.js';

interface ConfigAnswer {
  status: number;
  body: Partial<RealtimeConfig> & { error?: ErrorBody };
}

async function ask(url: string, headers: Record<string, string> = {}): Promise<ConfigAnswer> {
  const response = await fetch(`${url}?client_id=client-number-000001`, { headers });
  return { status: response.status, body: (await response.json()) as ConfigAnswer['body'] };
}

describe.each([
  ['is required', { JWT_SECRET, REQUIRE_AUTH: 'true' }],
  ['is not', { JWT_SECRET }],
])('the configuration where authentication %s', (_is, environment) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp(environment);
  });
  afterAll(() => app.close());

  describe.each(['/realtime/config', '/ws/config'])('at %s', (path) => {
    it.each([
      ['has expired', () => userToken('ada', '-1m'), 'auth.expired', true],
      [
        'another secret signed',
        () => userToken('ada', '1h', 'another-secret-of-32-characters-or-more'),
        'auth.invalid',
        false,
      ],
      ['is no token', () => Promise.resolve('nonsense'), 'auth.invalid', false],
    ])('is refused to a token that %s', async (_how, token, code, recoverable) => {
      const { status, body } = await ask(app.url + path, { authorization: `Bearer ${await token()}` });
      expect(status).toBe(401);
      expect(body).toEqual({ error: expect.objectContaining({ code, recoverable, help: expect.any(String) }) });
    });

    it('is given to a valid token, and to everybody without one', async () => {
      const authorization = `Bearer ${await userToken('ada')}`;
      for (const headers of [{ authorization }, {}, { authorization: 'Basic YTpi' }, { authorization: 'Bearer ' }]) {
        const { status, body } = await ask(app.url + path, headers as Record<string, string>);
        expect([status, body.version]).toEqual([200, '1.0']);
      }
    });
  });
});

describe('the configuration of a product with cookie sessions', () => {
  const sessions: Authenticate = ({ token, cookie }) => {
    const credential = token ?? /session=(\w+)/.exec(cookie ?? '')?.[1];
    if (credential === 'ended') return Promise.reject(new Fault('auth.expired'));
    if (credential === 'revoked') return Promise.reject(new Fault('auth.revoked'));
    if (credential === 'unsure') return Promise.reject(new Fault('store.unavailable'));
    return Promise.resolve(credential === undefined ? undefined : { id: credential });
  };
  const codes = async (headers: Record<string, string>) => {
    const toys = await startToys({ authenticate: sessions });
    try {
      await new AdminClient(toys.url).change('board', { stage: 'canary', percent: 100, force: true });
      const { status, body } = await ask(`${toys.url}/realtime/config`, headers);
      return [status, body.error?.code ?? body.services!.board!.wire];
    } finally {
      await toys.close();
    }
  };

  it.each([
    ['is given to a session', { cookie: 'session=ada' }, [200, 'socketio']],
    [
      'is given to a page whose session has ended, which has still to log in',
      { cookie: 'session=ended' },
      [200, 'socketio'],
    ],
    ['is given to a page whose session was revoked', { cookie: 'session=revoked' }, [200, 'socketio']],
    [
      'is refused to a revoked token, also beside a session',
      { authorization: 'Bearer revoked', cookie: 'session=ada' },
      [401, 'auth.revoked'],
    ],
    ['is refused while nobody can say who it is', { cookie: 'session=unsure' }, [503, 'store.unavailable']],
  ])('%s', async (_how, headers, expected) => {
    expect(await codes(headers as Record<string, string>)).toEqual(expected);
  });
});
