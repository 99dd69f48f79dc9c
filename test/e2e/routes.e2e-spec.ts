import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { ForbiddenException, UnauthorizedException } from '@nestjs/common';
import type { RealtimeConfig } from '@switchyard/contract';
import { ExpressAdapter } from '@nestjs/platform-express';
import { io } from 'socket.io-client';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { EventStream } from '../harness/event.stream.js';
import { ADAPTERS, HOST_KEY, startHost, type AdapterName, type HostApp } from '../toys/host.app.js';

const ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}` };
const JSON_TYPE = { 'content-type': 'application/json' };
const POST = '/realtime/calls/board/post';

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

function sent(method: string, body: unknown, headers = {}): Asked {
  return { method, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}

/** Every route with its answers: the status, and the code of an error. */
const TABLE: readonly [string, number, string | undefined, Asked?][] = [
  ['/realtime/config', 200, undefined],
  ['/realtime/config/', 200, undefined],
  ['/realtime/config', 401, 'auth.invalid', { headers: { authorization: 'Bearer unauthorized' } }],
  ['/realtime/config', 403, 'auth.forbidden', { headers: { authorization: 'Bearer forbidden' } }],
  ['/realtime/config', 500, 'call.failed', { headers: { authorization: 'Bearer crash' } }],
  ['/realtime/rooms/board/open', 200, undefined],
  ['/realtime/rooms/board/unknown', 404, 'room.not_found'],
  ['/realtime/rooms/nothing/open', 404, 'service.unknown'],
  ['/realtime/rooms/board/open?since=nonsense', 400, 'input.invalid'],
  ['/realtime/rooms/board/open', 403, 'origin.refused', { headers: { origin: 'https://host.example' } }],
  ['/realtime/rooms', 200, undefined, sent('POST', { rooms: [{ service: 'board', key: 'open' }] })],
  ['/realtime/rooms', 400, 'input.invalid', sent('POST', {})],
  ['/realtime/rooms', 400, 'input.invalid', { method: 'POST' }],
  [POST, 200, undefined, sent('POST', { board_id: 'open', text: 'a note' })],
  [
    POST,
    200,
    undefined,
    {
      method: 'POST',
      headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
      body: new Uint8Array(gzipSync(JSON.stringify({ board_id: 'open', text: 'a short note' }))),
    },
  ],
  [POST, 400, 'input.invalid', sent('POST', null)],
  [POST, 400, 'input.invalid', { method: 'POST', headers: JSON_TYPE, body: '{' }],
  [POST, 400, 'input.invalid', sent('POST', {}, { 'content-type': 'application/json; charset=klingon' })],
  [POST, 413, 'payload.too_large', sent('POST', { board_id: 'open', text: 'x'.repeat(50_000) })],
  [POST, 413, 'payload.too_large', sent('POST', 'x'.repeat(1_100_000))],
  ['/realtime/calls/board/nothing', 404, 'call.unknown', sent('POST', {})],
  ['/realtime/calls/board/fail', 500, 'call.failed', sent('POST', {})],
  ['/realtime/stats', 200, undefined, sent('POST', { counts: {}, arrivals: {} })],
  ['/realtime/stats', 413, 'payload.too_large', sent('POST', 'x'.repeat(1_100_000))],
  ['/realtime/events/board/unknown', 404, 'room.not_found'],
  ['/realtime/events', 400, 'input.invalid', sent('POST', {})],
  ['/realtime/rooms/board/%zz', 400, 'input.invalid'],
  ['/health/live', 200, undefined],
  ['/health/live', 200, undefined, { method: 'HEAD' }],
  ['/health/ready', 200, undefined],
  ['/admin/migration', 401, 'auth.required'],
  ['/admin/migration', 401, 'auth.invalid', { headers: { authorization: 'Bearer wrong' } }],
  ['/admin/migration', 200, undefined, { headers: ADMIN }],
  ['/admin/migration/board', 200, undefined, { headers: ADMIN }],
  ['/admin/migration/nothing', 404, 'service.unknown', { headers: ADMIN }],
  ['/admin/migration/board', 409, 'stage.illegal', sent('PUT', { stage: 'retired', reason: 'a test' }, ADMIN)],
  ['/admin/migration/board', 400, 'input.invalid', sent('PUT', {}, ADMIN)],
  ['/admin/migration/board/audit?limit=1', 200, undefined, { headers: ADMIN }],
  ['/admin/migration/board/audit?limit=x', 400, 'input.invalid', { headers: ADMIN }],
  ['/admin/migration/board/figures', 200, undefined, { headers: ADMIN }],
  ['/admin/migration/board/figures?minutes=x', 400, 'input.invalid', { headers: ADMIN }],
  ['/admin/migration/board/parity', 200, undefined, { headers: ADMIN }],
  ['/admin/migration/board/health', 200, undefined, { headers: ADMIN }],
  ['/admin/migration/board/description', 200, undefined, { headers: ADMIN }],
  ['/admin/migration/board/plan', 404, 'plan.not_found', { headers: ADMIN }],
  ['/admin/migration/board/nothing', 404, 'path.not_found', { headers: ADMIN }],
  ['/admin/migration/board/plan', 400, 'input.invalid', sent('PUT', {}, ADMIN)],
];

/** Refuses users by name, in the ways in which an application does. */
function authenticate({ token }: { token?: string }) {
  if (token === 'unauthorized') throw new UnauthorizedException();
  if (token === 'forbidden') throw new ForbiddenException();
  if (token === 'crash') throw new Error('a secret of the host');
  return Promise.resolve(token === undefined ? undefined : { id: token });
}

describe.each(Object.keys(ADAPTERS) as AdapterName[])('the routes of the framework on %s', (adapter) => {
  let host: HostApp;

  beforeAll(async () => {
    host = await startHost({ adapter, options: { authenticate } });
  });

  afterAll(() => host.close());

  it.each(TABLE.map(([path, status, code, init = {}]) => [path, status, code, init] as const))(
    '%s answers %i %s',
    async (path, status, code, init) => {
      const response = await fetch(`${host.url}${path}`, init);
      const text = await response.text();
      const { error } = (text ? JSON.parse(text) : {}) as { error?: { code: string } };
      expect([response.status, error?.code]).toEqual([status, code]);
      expect(text).not.toContain('secret');
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    },
  );

  it('opens the stream of a room', async () => {
    const stream = new EventStream(`${host.url}/realtime/events/board/open`);
    await stream.waitFor(({ event }) => event === 'joined');
    stream.close();
  });

  it('opens the stream of a page', async () => {
    const rooms = { rooms: [{ service: 'board', key: 'open' }] };
    const stream = new EventStream(`${host.url}/realtime/events`, sent('POST', rooms));
    await stream.waitFor(({ event }) => event === 'joined');
    stream.close();
  });

  it.each([
    ['unauthorized', 'auth.invalid'],
    ['forbidden', 'auth.forbidden'],
    ['crash', 'call.failed'],
  ])('refuse a client that is %s as a namespace does', async (token, code) => {
    const socket = io(`${host.url}/board`, { auth: { token }, transports: ['websocket'], reconnection: false });
    const refusal = await new Promise<{ data?: { code: string } }>((resolve) => socket.on('connect_error', resolve));
    expect(refusal.data?.code).toBe(code);
    socket.close();
  });
});

describe.each(Object.keys(ADAPTERS) as AdapterName[])('the routes of the framework as controllers on %s', (adapter) => {
  let host: HostApp;

  beforeAll(async () => {
    const http = { prefix: '/live', asControllers: true, hostPrefix: '/api/v1', off: ['health' as const] };
    host = await startHost({ adapter, http });
  });

  afterAll(() => host.close());

  const ask = async (path: string, init: Asked = {}): Promise<readonly [number, unknown]> => {
    const headers = { ...HOST_KEY, ...init.headers };
    const response = await fetch(`${host.url}/api/v1/live${path}`, { ...init, headers });
    return [response.status, await response.json()];
  };

  it('are under the guard and the filter of the application', async () => {
    const answer = await ask('/realtime/config', { headers: { 'x-host-key': 'wrong' } });
    expect(answer).toEqual([418, { host: [403, expect.anything()] }]);
  });

  it('are under its interceptors, and tell their addresses', async () => {
    const [status, body] = await ask('/realtime/config');
    const { board } = (body as { wrapped: RealtimeConfig }).wrapped.services;
    expect([status, board!.poll_path, board!.wires!.sse]).toEqual([
      200,
      '/api/v1/live/realtime/rooms/board',
      '/api/v1/live/realtime/events/board',
    ]);
  });

  it('give its filter a fault with its status and body', async () => {
    const answer = await ask('/admin/migration');
    expect(answer).toEqual([418, { host: [401, { error: expect.objectContaining({ code: 'auth.required' }) }] }]);
  });

  it('answer a call, and its refusal with its status', async () => {
    const [status, body] = await ask(POST, sent('POST', { board_id: 'open', text: 'a note' }));
    expect([status, body]).toEqual([200, { wrapped: { ok: true, data: expect.anything() } }]);
    expect(await ask('/realtime/calls/board/nothing', sent('POST', {}))).toMatchObject([
      404,
      { wrapped: { ok: false } },
    ]);
  });

  it('open streams', async () => {
    const stream = new EventStream(`${host.url}/api/v1/live/realtime/events/board/open`, { headers: HOST_KEY });
    await stream.waitFor(({ event }) => event === 'joined');
    stream.close();
  });

  it('are not served when their group is off', async () => {
    expect((await ask('/health/live'))[0]).toBe(418);
  });
});

it('the routes of the framework are served below a prefix, without the groups that are off', async () => {
  const host = await startHost({ adapter: 'express', http: { prefix: '/live', off: ['health', 'events'] } });
  const status = async (path: string) => (await fetch(`${host.url}${path}`)).status;
  expect(await Promise.all(['/health/live', '/live/health/live', '/realtime/config'].map(status))).toEqual([
    404, 404, 404,
  ]);
  const config = (await (await fetch(`${host.url}/live/realtime/config`)).json()) as RealtimeConfig;
  expect(config.services.board).toMatchObject({ poll_path: '/live/realtime/rooms/board' });
  expect(config.services.board!.wires).not.toHaveProperty('sse');
  await host.close();
});

it('the routes of the framework are before the middleware of an Express application that is older than Nest', async () => {
  const old = new ExpressAdapter().getInstance<{
    use(handle: (request: object, response: ServerResponse) => void): void;
  }>();
  old.use((_request, response) => void response.writeHead(402).end());
  const host = await startHost({ adapter: new ExpressAdapter(old) });
  const ours = await fetch(`${host.url}${POST}`, sent('POST', { board_id: 'open', text: 'a note' }));
  const others = await fetch(`${host.url}/api/v1/things`);
  expect([ours.status, others.status]).toEqual([200, 402]);
  await host.close();
});

it('Fastify serves the routes of the framework to a request that comes through no socket', async () => {
  const host = await startHost({ adapter: 'fastify' });
  const { inject } = host.app.getHttpAdapter() as unknown as {
    inject(request: object): Promise<{ statusCode: number; json(): unknown }>;
  };
  const answer = await inject.call(host.app.getHttpAdapter(), { url: '/health/live' });
  expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }]);
  await host.close();
});
