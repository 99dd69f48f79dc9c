import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { ErrorBody, MigrationStatus, RealtimeConfig } from '@switchyard/contract';
import { RealtimeModule, hostUpgrade, useSwitchyard } from '@switchyard/server';
import { WebSocketServer } from 'ws';
import { hostOldServer } from '../hosted/hosting.js';
import { attachTo } from '../hosted/old.server.js';
import { AdminClient } from '../harness/admin.client.js';
import { openWs } from '../harness/clients.js';
import { rawUpgrade } from '../harness/raw.upgrade.js';
import { changeStage } from '../harness/stage.change.js';
import { until } from '../harness/until.js';
import { readPage } from '../readme/pages.js';
import { KilnGateway } from '../toys/kiln.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const MAX_ADDED_LINES = 10;

describe('an old WebSocket server that is hosted', () => {
  let toys: ToyApp;
  beforeEach(async () => {
    toys = await startToys({ providers: [KilnGateway], prepare: hostOldServer });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await toys.close();
  });

  const admin = async <T>(path: string) => (await new AdminClient(toys.url).ask<T>(`/${path}`)).body;

  it('takes ten lines at the most, and none of its own is changed', () => {
    const hosting = readFileSync(join(__dirname, '../hosted/hosting.ts'), 'utf8');
    const added = hosting.split('\n').filter((line) => line.trim() !== '');
    const documented = [...readPage('docs/host-your-endpoint.md').matchAll(/^\+(.+)$/gm)].map(([, line]) => line!);
    expect(documented).toHaveLength(3);
    for (const line of documented) expect(hosting).toContain(line.replace('crawl', 'kiln'));
    expect(added.length).toBeLessThanOrEqual(MAX_ADDED_LINES);
    expect(readFileSync(join(__dirname, '../hosted/old.server.ts'), 'utf8')).not.toContain('@switchyard');
  });

  it('serves its clients as before, with the path and query that they send and from any origin', async () => {
    const ws = await openWs(toys.url, '/ws/old/r1?token=any', { origin: 'https://other.example' }).opened();
    expect(await ws.next()).toBe('hello from /ws/old/r1?token=any');
    ws.send('loud');
    expect(await ws.next()).toBe('LOUD');
    ws.send('x'.repeat(1001));
    expect((await ws.closed()).code).toBe(1009);
  });

  it('counts as the old wire of its service, so that nobody retires the service unnoticed', async () => {
    const ws = await openWs(toys.url, '/ws/old/r1', { headers: { 'user-agent': 'old page 1.2' } }).opened();
    await changeStage(toys, 'kiln', { stage: 'socketio', force: true });
    const { clients } = await admin<{ clients: object }>('kiln/figures');
    expect(clients).toEqual({ hosted: 1 });
    ws.ws.close();
    await ws.closed();
    await until(
      'no client',
      async () => Object.keys((await admin<{ clients: object }>('kiln/figures')).clients).length === 0,
    );
    const refused = await new AdminClient(toys.url).ask<{ error: ErrorBody }>('/kiln', {
      stage: 'retired',
      reason: 'a test',
    });
    expect(refused.body.error).toMatchObject({
      code: 'stage.in_use',
      details: { open: 0, clients: [{ agent: 'old page 1.2' }] },
    });
  });

  it('is closed and answers 410 once its service is retired, and serves again when it is not', async () => {
    const ws = await openWs(toys.url, '/ws/old/r1').opened();
    await changeStage(toys, 'kiln', { stage: 'retired', force: true });
    expect(await ws.closed()).toEqual({ code: 4410, reason: 'service.retired' });
    const { status, body } = await openWs(toys.url, '/ws/old/r1').refused();
    expect(status).toBe(410);
    expect(body).toContain('"namespace":"/kiln"');
    await changeStage(toys, 'kiln', { stage: 'socketio' });
    await openWs(toys.url, '/ws/old/r1').opened();
  });

  it('says with each stage what it does not guarantee, and which wire a page with its old code should use', async () => {
    const note = expect.stringMatching(/^\/ws\/old\/:room is served by the application's own code .* not told to move/);
    expect(await changeStage(toys, 'kiln', { stage: 'shadow' })).toMatchObject({ notes: [note] });
    expect((await admin<MigrationStatus>('kiln')).notes).toEqual([note]);
    expect((await admin<MigrationStatus>('meter')).notes).toBeUndefined();
    const { services } = (await (await fetch(`${toys.url}/realtime/config`)).json()) as RealtimeConfig;
    expect(services.kiln).toMatchObject({ advised: 'legacy', wires: { hosted: '/ws/old/:room' } });
    expect(services.meter!.advised).toBeUndefined();
  });

  it('lets its clients know of a restart, and the process ends', async () => {
    const ws = await openWs(toys.url, '/ws/old/r1').opened();
    await toys.close();
    expect(await ws.closed()).toEqual({ code: 1012, reason: 'service restart' });
  });

  it('may be an upgrade listener, or attach itself to the HTTP server of the application', async () => {
    const server = toys.app.getHttpServer();
    attachTo(server);
    hostUpgrade(toys.app, '/ws/attached', server, { service: 'kiln' });
    hostUpgrade(toys.app, '/ws/listener', (_, socket) => socket.end('HTTP/1.1 418 host\r\n\r\n'));
    const ws = await openWs(toys.url, '/ws/attached').opened();
    expect(await ws.next()).toBe('hello from /ws/attached');
    expect(await rawUpgrade(toys.port, { path: '/ws/listener' })).toBe('HTTP/1.1 418 host\r\n\r\n');
    await changeStage(toys, 'kiln', { stage: 'retired', force: true });
    expect((await ws.closed()).code).toBe(1006);
    expect((await openWs(toys.url, '/ws/attached').refused()).status).toBe(410);
    expect(await rawUpgrade(toys.port, { path: '/ws/listener' })).toBe('HTTP/1.1 418 host\r\n\r\n');
  });

  it('that fails before it answers is logged, and its client gets an answer', async () => {
    const log = jest.spyOn(Logger.prototype, 'error').mockImplementation();
    hostUpgrade(toys.app, '/ws/broken', () => Promise.reject(new Error('no database')));
    hostUpgrade(toys.app, '/ws/half', (_, socket) => {
      socket.write('HTTP/1.1 101 half an answer\r\n');
      throw new Error('in the middle');
    });
    expect((await openWs(toys.url, '/ws/broken').refused()).status).toBe(500);
    expect(await rawUpgrade(toys.port, { path: '/ws/half' })).toMatch(/^(HTTP\/1.1 101 half an answer\r\n)?$/);
    const logged = log.mock.calls.map(([text]) => String(text));
    expect(logged).toEqual([
      expect.stringContaining('unable to connect a client to /ws/broken; Error: no database'),
      expect.stringContaining('unable to connect a client to /ws/half; Error: in the middle'),
    ]);
  });

  it.each([
    [
      'a handler that is none',
      '/ws/none',
      undefined,
      'what serves it is undefined, and must be an upgrade listener or a server',
    ],
    [
      'a handler that is a path',
      '/ws/text',
      '/ws',
      'what serves it is string, and must be an upgrade listener or a server',
    ],
    ['a path without a slash', 'ws/old', () => undefined, 'a path begins with /'],
    ['a path that cannot be read', '/ws/(old', () => undefined, 'Unexpected ( at index 4: /ws/(old'],
  ])('refuses %s at once', (_, path, handler, reason) => {
    expect(() => hostUpgrade(toys.app, path, handler as () => undefined)).toThrow(`unable to host ${path}; ${reason}`);
  });

  it('asks for the module in an application that does not import it', async () => {
    class EmptyModule {}
    const app = await NestFactory.create(EmptyModule, { logger: false });
    const reason = 'no module of the application imports RealtimeModule.forRoot({ authenticate, allowedOrigins })';
    const old = new WebSocketServer({ noServer: true });
    expect(() => hostUpgrade(app, '/ws/old', old)).toThrow(`unable to use Switchyard; ${reason}`);
    expect(() => useSwitchyard(app)).toThrow(`unable to use Switchyard; ${reason}`);
    await app.close();
  });

  it('of an application without services is told how to have one', async () => {
    const imports = [RealtimeModule.forRoot({ authenticate: () => Promise.resolve(undefined), allowedOrigins: [] })];
    const app = await NestFactory.create({ module: class Host {}, imports }, { logger: false });
    hostUpgrade(app, '/ws/old', new WebSocketServer({ noServer: true }), { service: 'board' });
    const reason = 'no gateway serves "board", no provider of the application has @ServiceGateway';
    await expect(app.init()).rejects.toThrow(`unable to host /ws/old; ${reason}`);
    await app.close();
  });

  it('of a service that nobody serves keeps the application from starting', async () => {
    const prepare: Parameters<typeof startToys>[0] = {
      prepare: (app) => hostUpgrade(app, '/ws/old', new WebSocketServer({ noServer: true }), { service: 'bord' }),
    };
    await expect(startToys(prepare)).rejects.toThrow(
      'unable to host /ws/old; no gateway serves "bord", the services are: board',
    );
  });
});
