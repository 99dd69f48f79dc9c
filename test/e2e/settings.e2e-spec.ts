import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JoinReply, RealtimeConfig, Reply, ServiceHealth } from '@switchyard/contract';
import { REALTIME_OPTIONS, type RealtimeOptions } from '@switchyard/server';
import type { CrawlProgress, Project, ServerStatus, Task, TaskList } from '@switchyard/services';
import { Redis } from 'ioredis';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import { TestRedis } from '../harness/redis.js';
import { JWT_SECRET, userToken } from '../harness/user.token.js';
import { rest } from '../projects/rest.js';
import { until } from '../harness/until.js';

type Environment = Readonly<Record<string, string>>;

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const statusOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).status;
const codeOf = (reply: unknown) => (reply as { error?: { code: string } }).error?.code;

async function makeProject({ url }: TestApp): Promise<string> {
  return (await rest<Project>(url, 'POST', '/api/projects', { title: 'Yard' })).body.id;
}

const makeTask = ({ url }: TestApp, id: string) =>
  rest<Task>(url, 'POST', `/api/projects/${id}/tasks`, { title: 'Lay tracks' });

async function pollTasks({ url }: TestApp, id: string, since = '', init?: RequestInit): Promise<JoinReply<TaskList>> {
  const response = await fetch(`${url}/realtime/rooms/tasks/${id}${since && `?since=${since}`}`, init);
  return (await response.json()) as JoinReply<TaskList>;
}

/** A finished crawl of an address without a server. */
async function failedCrawl({ url }: TestApp) {
  const asked = await rest<{ progress_id: string }>(url, 'POST', '/api/crawls', { url: 'http://127.0.0.1:20001/' });
  const path = `/realtime/rooms/crawl/${asked.body.progress_id}`;
  const poll = async (since = '') => (await rest<JoinReply<CrawlProgress>>(url, 'GET', `${path}${since}`)).body;
  const { epoch } = await poll();
  const isFailed = ({ snapshot }: JoinReply<CrawlProgress>) => snapshot!.status === 'error';
  const error = await until('the crawl failed', async () => {
    const last = await poll();
    return isFailed(last) && last.snapshot!.error;
  });
  return { error, since: () => poll(`?since=${epoch}:1`) };
}

async function engineHandshake({ url }: TestApp): Promise<{ pingInterval: number; pingTimeout: number }> {
  const text = await (await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).text();
  return JSON.parse(text.slice(1)) as { pingInterval: number; pingTimeout: number };
}

/** A setting, and the behaviour that it causes, which differs from the default. */
const SETTINGS: [setting: string, environment: Environment, shows: (app: TestApp) => Promise<unknown>, is: unknown][] =
  [
    [
      'PING_INTERVAL_MS and PING_TIMEOUT_MS on Socket.IO',
      { PING_INTERVAL_MS: '12345', PING_TIMEOUT_MS: '6789' },
      engineHandshake,
      expect.objectContaining({ pingInterval: 12_345, pingTimeout: 6789 }),
    ],
    [
      'PING_INTERVAL_MS and PING_TIMEOUT_MS on an old wire',
      { PING_INTERVAL_MS: '12345', PING_TIMEOUT_MS: '6789' },
      async (app) => {
        const ws = openWs(app.url, `/api/projects/${await makeProject(app)}/tasks/ws?switchyard=1`);
        return JSON.parse(await ws.waitFor((frame) => frame.includes('"alive"'), 'a sign of life'));
      },
      expect.objectContaining({ _sy: { event: 'alive', payload: { within_ms: 19_134 } } }),
    ],
    [
      'ROOM_RETENTION_MS',
      { ROOM_RETENTION_MS: '1' },
      async (app) => {
        const crawling = await failedCrawl(app);
        await until('the log forgotten', async () => !(await crawling.since()).recovered);
        return crawling.since();
      },
      expect.objectContaining({ recovered: false, snapshot: expect.objectContaining({ status: 'error' }) }),
    ],
    [
      'PRESENCE_GRACE_MS',
      { PRESENCE_GRACE_MS: '1000' },
      async (app) => {
        const id = await makeProject(app);
        const join = async (token: string) => {
          const socket = await openSocket(app.url, '/tasks', {
            auth: { client_id: `${token}-0123456789abcdef` },
          }).connected();
          await socket.call('join_project', { project_id: id });
          return socket;
        };
        const [, leaves] = [await join('stays'), await join('leaves')];
        const began = performance.now();
        await leaves.close();
        await until('one member', async () => (await pollTasks(app, id)).members === 1);
        // The default is 15 s.
        return performance.now() - began < 12_000;
      },
      true,
    ],
    [
      'SHADOW_PERCENT',
      { SHADOW_PERCENT: '100' },
      async ({ url }) => {
        // The flag file has mcp-logs in the stage shadow.
        const response = await fetch(`${url}/realtime/config?client_id=client-number-000001`);
        return Object.entries(((await response.json()) as RealtimeConfig).services).flatMap(([name, { shadow }]) =>
          shadow ? [`${name} ${shadow}`] : [],
        );
      },
      ['mcp-logs socketio'],
    ],
    [
      'MAX_CONNECTIONS_PER_USER',
      { MAX_CONNECTIONS_PER_USER: '1', JWT_SECRET },
      async ({ url }) => {
        const auth = async (id: string) => ({
          auth: { token: await userToken('ada'), client_id: `${id}-0123456789abcdef` },
        });
        const first = await openSocket(url, '/tasks', await auth('first')).connected();
        await openSocket(url, '/tasks', await auth('second')).connected();
        return (await first.next('service_error'))[0];
      },
      expect.objectContaining({ code: 'connection.limit', details: { limit: 1 } }),
    ],
    [
      'RATE_LIMIT_MESSAGES',
      { RATE_LIMIT_MESSAGES: '1' },
      async ({ url }) => {
        const socket = await openSocket(url, '/tasks', { auth: { client_id: 'one-0123456789abcdef' } }).connected();
        const codes = [];
        for (let n = 0; n < 2; n += 1) codes.push(codeOf(await socket.call('list_projects', {})));
        return codes;
      },
      [undefined, 'rate.limited'],
    ],
    [
      'RATE_LIMIT_JOINS',
      { RATE_LIMIT_JOINS: '1' },
      async (app) => {
        const id = await makeProject(app);
        const init = { headers: { 'x-client-id': 'one-0123456789abcdef' } };
        return [codeOf(await pollTasks(app, id, '', init)), codeOf(await pollTasks(app, id, '', init))];
      },
      [undefined, 'rate.limited'],
    ],
    [
      'what clients are told of the limits',
      { RATE_LIMIT_MESSAGES: '7', RATE_LIMIT_JOINS: '8', MAX_CONNECTIONS_PER_USER: '9', ROOM_RETENTION_MS: '1000' },
      async ({ url }) => ((await (await fetch(`${url}/realtime/config`)).json()) as RealtimeConfig).limits,
      expect.objectContaining({
        max_message_rate: 7,
        max_join_rate: 8,
        max_connections_per_user: 9,
        room_retention_ms: 1000,
      }),
    ],
    [
      'REQUIRE_AUTH and JWT_SECRET',
      { REQUIRE_AUTH: 'true', JWT_SECRET },
      async ({ url }) => {
        const ask = (headers: Record<string, string>) => statusOf(`${url}/api/projects`, { headers });
        const config = (await (await fetch(`${url}/realtime/config`)).json()) as RealtimeConfig;
        const forged = await userToken('ada', '1h', 'another-secret-of-32-characters-or-more');
        const answers = [ask({}), ask(bearer(forged)), ask(bearer(await userToken('ada')))];
        return [config.features.auth_required, ...(await Promise.all(answers))];
      },
      [true, 401, 401, 200],
    ],
    [
      'JWT_TENANT_CLAIM',
      { JWT_SECRET, JWT_TENANT_CLAIM: 'name' },
      async ({ app }) => {
        const { authenticate } = app.get<RealtimeOptions>(REALTIME_OPTIONS, { strict: false });
        return (await authenticate({ token: await userToken('ada') }))?.tenant;
      },
      'ada',
    ],
    [
      'ALLOWED_ORIGINS',
      { ALLOWED_ORIGINS: 'https://yard.example' },
      async ({ url }) => {
        const of = (origin: string) => statusOf(`${url}/realtime/rooms/knowledge/all`, { headers: { origin } });
        const upgrade = async (origin: string) =>
          (await openWs(url, '/api/knowledge-items/stream', { headers: { origin } }).upgraded())?.status ?? 101;
        const [yard, other] = ['https://yard.example', 'https://other.example'];
        return Promise.all([of(yard), of(other), upgrade(yard), upgrade(other)]);
      },
      [200, 403, 101, 403],
    ],
    [
      'ADMIN_TOKEN',
      {},
      async ({ url }) => {
        const ask = (token: string) => statusOf(`${url}/admin/migration`, { headers: bearer(token) });
        return Promise.all([ask(ADMIN_TOKEN), ask('not-the-token-of-this-server')]);
      },
      [200, 401],
    ],
    [
      'migration/flags.json',
      {},
      async ({ url }) => {
        const { services } = (await (await fetch(`${url}/realtime/config`)).json()) as RealtimeConfig;
        return Object.fromEntries(Object.entries(services).map(([name, { stage }]) => [`realtime-${name}`, stage]));
      },
      // The expected value is read from the file below.
      'flags',
    ],
    [
      'SLO_FILE',
      { SLO_FILE: 'migration/no-such-file.json' },
      async ({ url }) => {
        const response = await fetch(`${url}/admin/migration/crawl/health`, { headers: bearer(ADMIN_TOKEN) });
        return ((await response.json()) as ServiceHealth).reason;
      },
      'no thresholds are declared',
    ],
    [
      'CRAWL_ALLOW_PRIVATE',
      { CRAWL_ALLOW_PRIVATE: 'false' },
      async (app) => (await failedCrawl(app)).error,
      expect.stringContaining('private'),
    ],
    [
      'WEB_SEARCH_URL',
      { WEB_SEARCH_URL: 'http://127.0.0.1:9/' },
      async ({ url }) => {
        const path = '/realtime/calls/research/start_research';
        return (await rest<Reply>(url, 'POST', path, { query: 'rails', engines: ['web'] })).body.ok;
      },
      true,
    ],
    [
      'TEST_SUITES_FILE',
      { TEST_SUITES_FILE: join(__dirname, '../suites/held.suites.json') },
      async ({ url }) => JSON.stringify((await rest(url, 'GET', '/api/tests/suites')).body),
      expect.stringContaining('held'),
    ],
  ];

describe('an application', () => {
  it.each(SETTINGS)('applies %s', async (_setting, environment, shows, is) => {
    const app = await startApp(environment);
    try {
      const shown = await shows(app);
      if (is !== 'flags') return expect(shown).toEqual(is);
      const { flags } = JSON.parse(await readFile(join(__dirname, '../../migration/flags.json'), 'utf8')) as {
        flags: Record<string, { metadata: { stage: string } }>;
      };
      expect(shown).toEqual(
        Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, flag.metadata.stage])),
      );
    } finally {
      await app.close();
    }
  });

  it('applies DATA_DIR', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-'));
    const app = await startApp({ DATA_DIR: join(folder, 'there') });
    await app.close();
    expect(existsSync(join(folder, 'there', 'store', 'data.mdb'))).toBe(true);
    await rm(folder, { recursive: true });
  });

  it('applies REDIS_URL, and RUN_LEASE_MS to the jobs in it', async () => {
    const redis = await TestRedis.start();
    const app = await startApp({ REDIS_URL: redis.url, RUN_LEASE_MS: '50000' });
    const inside = new Redis(redis.url);
    try {
      const leases = async () => {
        const keys = await inside.keys('*');
        return Promise.all(keys.map((key) => inside.pttl(key)));
      };
      await until('such a lease', async () => (await leases()).some((ms) => ms > 10_000 && ms <= 50_000));
    } finally {
      inside.disconnect();
      await app.close();
      await redis.stop();
    }
  });

  it('applies JWKS_URL', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const key = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' };
    const issuer = createServer((_, response) => response.end(JSON.stringify({ keys: [key] })));
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    const JWKS_URL = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`;
    const app = await startApp({ JWKS_URL, REQUIRE_AUTH: 'true' });
    const sign = new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setSubject('ada')
      .setExpirationTime('1h');
    const token = await sign.sign(privateKey);
    expect(await statusOf(`${app.url}/api/projects`, { headers: bearer(token) })).toBe(200);
    expect(await statusOf(`${app.url}/api/projects`, { headers: bearer(await userToken('ada')) })).toBe(401);
    await app.close();
    issuer.close();
  });

  it.each([
    ['error', false],
    ['log', true],
  ])('applies LOG_LEVEL=%s', async (LOG_LEVEL, says) => {
    const written: string[] = [];
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    try {
      await (await startApp({ LOG_LEVEL })).close();
    } finally {
      write.mockRestore();
    }
    expect(written.some((line) => line.includes('the data is in'))).toBe(says);
  });

  describe('writes none of its secrets into the log of the MCP server:', () => {
    const logOf = async (app: TestApp, secret: string) => {
      const started = await rest<ServerStatus>(app.url, 'POST', '/api/mcp/start');
      expect(started.body.status).toBe('running');
      await rest(app.url, 'POST', '/api/mcp/tools/search', { query: `before ${secret} after` });
      return until('the search', async () => {
        const text = JSON.stringify((await rest(app.url, 'GET', '/api/mcp/logs')).body);
        return text.includes('before ') && text;
      });
    };

    it.each(['ADMIN_TOKEN', 'JWT_SECRET', 'MODEL_KEY'])('%s', async (name) => {
      const secret = `a plain sentence that is the ${name.toLowerCase().replace('_', ' ')}`;
      const app = await startApp({ [name]: secret });
      try {
        const text = await logOf(app, secret);
        expect(text).toContain('before [redacted] after');
        expect(text).not.toContain(secret);
      } finally {
        await app.close();
      }
    });

    it('REDIS_URL', async () => {
      const redis = await TestRedis.start();
      const app = await startApp({ REDIS_URL: redis.url });
      try {
        expect(await logOf(app, redis.url)).not.toContain(redis.url);
      } finally {
        await app.close();
        await redis.stop();
      }
    });

    it('the admin token that it generated', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'switchyard-'));
      const app = await startApp({ ADMIN_TOKEN: '', DATA_DIR: folder });
      try {
        const token = (await readFile(join(folder, 'admin-token'), 'utf8')).trim();
        expect(await logOf(app, token)).not.toContain(token);
      } finally {
        await app.close();
        await rm(folder, { recursive: true });
      }
    });
  });
});

describe('a token in the query of the address', () => {
  let app: TestApp;
  let query: string;
  beforeAll(async () => {
    app = await startApp({ REQUIRE_AUTH: 'true', JWT_SECRET });
    query = `token=${await userToken('ada')}`;
  });
  afterAll(() => app.close());

  it.each([['/api/knowledge-items/stream'], ['/ws']])('opens the old wire %s', async (path) => {
    await openWs(app.url, `${path}?${query}`).opened();
    expect((await openWs(app.url, path).refused()).status).toBe(401);
  });

  it.each([
    ['GET', '/api/projects', undefined],
    ['GET', '/realtime/rooms/knowledge/all', undefined],
    ['POST', '/realtime/rooms', { rooms: [] }],
    ['POST', '/realtime/calls/tasks/list_projects', {}],
  ])('does not authenticate %s %s', async (method, path, body) => {
    const init = {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    };
    expect(await statusOf(`${app.url}${path}?${query}`, init)).toBe(401);
    const headers = { ...init.headers, ...bearer(await userToken('ada')) };
    expect(await statusOf(`${app.url}${path}`, { ...init, headers })).toBe(200);
  });

  it.each(['/tasks', '/knowledge', '/'])('does not authenticate the namespace %s', async (namespace) => {
    const token = await userToken('ada');
    const refusal = await openSocket(app.url, namespace, { query: { token } }).refused();
    expect(refusal.data).toMatchObject({ code: 'auth.required' });
    await openSocket(app.url, namespace, { auth: { token } }).connected();
  });
});

describe('the reference application', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('answers a poll of 200 rooms, and refuses one of 201', async () => {
    const poll = (count: number) => {
      const rooms = Array.from({ length: count }, () => ({ service: 'knowledge', key: 'all' }));
      return rest<{ rooms: object[]; error: object }>(app.url, 'POST', '/realtime/rooms', { rooms });
    };
    expect((await poll(200)).body.rooms).toHaveLength(200);
    const { status, body } = await poll(201);
    expect([status, body.error]).toEqual([400, expect.objectContaining({ code: 'input.invalid' })]);
  });

  it.each([-1, 1, 1000])('refuses a change of a task from a version that is %d off', async (off) => {
    const id = await makeProject(app);
    const { body: made } = await makeTask(app, id);
    const call = (version: number, title: string) =>
      rest<{ data: Task }>(app.url, 'POST', '/realtime/calls/tasks/update_task', { task_id: made.id, version, title });
    const { data: task } = (await call(made.version, 'Lay more')).body;
    expect(codeOf((await call(task.version + off, 'Lay most')).body)).toBe('task.conflict');
    expect((await call(task.version, 'Lay most')).body).toMatchObject({ ok: true, data: { title: 'Lay most' } });
  });
});
