import type { Server } from 'node:http';
import { ADAPTERS, HOST_KEY, HOST_ORIGIN, startHost, type AdapterName, type HostApp } from '../toys/host.app.js';

/** A page of the host asks for the right to make a request. */
const PREFLIGHT = { origin: HOST_ORIGIN, 'access-control-request-method': 'POST' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** What is asked of the host's own routes, and of paths beside the framework's. */
const ASKED: readonly [string, string, RequestInit?][] = [
  ['a list', '/api/v1/things', { headers: HOST_KEY }],
  ['a list without the key', '/api/v1/things'],
  ['a list without the prefix', '/things', { headers: HOST_KEY }],
  ['a list for another page', '/api/v1/things', { headers: { ...HOST_KEY, origin: 'http://localhost:5173' } }],
  ['a preflight', '/api/v1/things', { method: 'OPTIONS', headers: PREFLIGHT }],
  ['a body', '/api/v1/things', { method: 'POST', headers: { ...HOST_KEY, ...JSON_TYPE }, body: '{"a":1}' }],
  ['a body of null', '/api/v1/things', { method: 'POST', headers: { ...HOST_KEY, ...JSON_TYPE }, body: 'null' }],
  ['a broken body', '/api/v1/things', { method: 'POST', headers: { ...HOST_KEY, ...JSON_TYPE }, body: '{' }],
  ['a body over 1 MB', '/api/v1/things', { method: 'POST', headers: JSON_TYPE, body: `"${'x'.repeat(1_100_000)}"` }],
  [
    'a body that a pipe refuses',
    '/api/v1/things',
    { method: 'POST', headers: { ...HOST_KEY, ...JSON_TYPE }, body: '"piped"' },
  ],
  ['an exception', '/api/v1/things/conflict', { headers: HOST_KEY }],
  ['an error', '/api/v1/things/broken', { headers: HOST_KEY }],
  ['an unknown path', '/api/v1/nothing', { headers: HOST_KEY }],
  ['an unknown path beside the framework', '/realtime/nothing', { headers: HOST_KEY }],
  ['an unknown method of a path of the framework', '/realtime/config', { method: 'DELETE' }],
];

describe.each(Object.keys(ADAPTERS) as AdapterName[])('a host on %s', (adapter) => {
  let host: HostApp;
  let alone: HostApp;

  beforeAll(async () => {
    alone = await startHost({ adapter, module: false });
    host = await startHost({ adapter });
  });

  afterAll(() => Promise.all([alone.close(), host.close()]));

  it.each(ASKED.map(([what, path, init = {}]) => [what, path, init] as const))(
    'answers as it did before it had the module: %s',
    async (_what, path, init) => {
      const [before, after] = await Promise.all([answerOf(alone, path, init), answerOf(host, path, init)]);
      expect(after).toEqual(before);
    },
  );

  it('keeps the time-outs of its HTTP server', () => {
    expect(timesOf(host)).toEqual(timesOf(alone));
  });

  it('serves a call of the framework with any JSON value, unchanged by its pipes and interceptors', async () => {
    const init = { method: 'POST', headers: JSON_TYPE, body: '"piped"' };
    const { status, headers, body } = await answerOf(host, '/realtime/calls/board/post', init);
    expect([status, JSON.parse(body)]).toEqual([
      400,
      { ok: false, error: expect.objectContaining({ code: 'input.invalid' }) },
    ]);
    expect(headers).not.toHaveProperty('x-of-the-host');
  });

  it('serves the configuration to the pages that the module allows, and not to its own', async () => {
    const ask = (origin: string) => answerOf(host, '/realtime/config', { headers: { origin } });
    const [allowed, refused] = await Promise.all([ask('http://localhost:5173'), ask(HOST_ORIGIN)]);
    expect(allowed.status).toBe(200);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:5173',
      'access-control-allow-credentials': 'true',
    });
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
    expect(refused.headers).toMatchObject({ vary: 'Origin' });
  });

  it('answers the preflights of pages that the module allows', async () => {
    const headers = { ...PREFLIGHT, origin: 'http://localhost:1', 'access-control-request-headers': 'x-client-id' };
    const answer = await answerOf(host, '/realtime/stats', { method: 'OPTIONS', headers });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:1',
      'access-control-allow-headers': 'x-client-id',
    });
  });

  it('catches a fault of a call in its own filter as an exception with its status and body', async () => {
    const body = JSON.stringify({ board_id: 'a board', text: '' });
    const init = { method: 'POST', headers: { ...HOST_KEY, ...JSON_TYPE }, body };
    const answer = await answerOf(host, '/api/v1/boards', init);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      418,
      { host: [400, { error: expect.objectContaining({ code: 'input.invalid' }) }] },
    ]);
  });
});

/** An answer without what changes from one to the next. */
async function answerOf({ url }: HostApp, path: string, init?: RequestInit) {
  const response = await fetch(`${url}${path}`, init);
  const headers = Object.fromEntries(response.headers);
  delete headers.date;
  return { status: response.status, headers, body: await response.text() };
}

function timesOf({ app }: HostApp) {
  const { keepAliveTimeout, headersTimeout, requestTimeout, timeout } = app.getHttpServer() as Server;
  return { keepAliveTimeout, headersTimeout, requestTimeout, timeout };
}
