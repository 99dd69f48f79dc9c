import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Logger, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RealtimeModule, hostServer, hostUpgrade, type HostServerOptions, type HostedHttp } from '@switchyard/server';
import { RawConnection, takeHead } from '../adopter/wire/raw.connection.js';
import { AdminClient } from '../harness/admin.client.js';
import { openSocket, openWs } from '../harness/clients.js';
import { rawUpgrade } from '../harness/raw.upgrade.js';
import { changeStage } from '../harness/stage.change.js';
import { oldHttp } from '../hosted/old.http.js';
import { BoardGateway } from '../toys/board.toy.js';
import { ADAPTERS, type AdapterName } from '../toys/host.app.js';
import { KilnGateway } from '../toys/kiln.toy.js';
import { TOY_OPTIONS, startToys } from '../toys/toy.app.js';

const listen = async (server: Server) => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** Starts an application that does to requests all that might change an answer, and hosts a server. */
async function start(adapter: AdapterName, old: HostedHttp, options?: HostServerOptions) {
  @Module({ imports: [RealtimeModule.forRoot(TOY_OPTIONS)], providers: [BoardGateway] })
  class HostModule {}
  const app = await NestFactory.create<INestApplication>(HostModule, ADAPTERS[adapter](), { logger: false });
  app.enableCors();
  app.use((_: unknown, response: { setHeader(name: string, value: string): void }, next: () => void) => {
    response.setHeader('X-Of-The-Host', 'yes');
    next();
  });
  hostServer(app, old, options);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, port, url: `http://127.0.0.1:${port}` };
}

/** Every byte of the answer to a request, without the date. */
async function answer(port: number, head: string, body = ''): Promise<string> {
  const connection = await RawConnection.open(port);
  connection.send(`${head.replaceAll('\n', '\r\n')}\r\nHost: old\r\n\r\n${body}`);
  const { bytes, ended } = await connection.rest();
  return `${bytes.toString('latin1').replace(/\r\nDate: .*/, '')}${ended ? '' : ' … left open'}`;
}

const CLOSE = 'Connection: close';
const REQUESTS: [string, string, string][] = [
  ['a page', `GET / HTTP/1.1\n${CLOSE}`, ''],
  ['a page of another origin', `GET / HTTP/1.1\nOrigin: https://evil.example\n${CLOSE}`, ''],
  ['only its head', `HEAD / HTTP/1.1\n${CLOSE}`, ''],
  ['a preflight', `OPTIONS / HTTP/1.1\nOrigin: https://a.example\nAccess-Control-Request-Method: PUT\n${CLOSE}`, ''],
  ['an unknown path', `DELETE /a%20%b HTTP/1.1\n${CLOSE}`, ''],
  ['a path like ours', `GET /socket.iox HTTP/1.1\n${CLOSE}`, ''],
  [
    'a body of JSON that is none',
    `POST /echo HTTP/1.1\nContent-Type: application/json\nContent-Length: 1\n${CLOSE}`,
    '{',
  ],
  ['a body in pieces', `POST /echo HTTP/1.1\nTransfer-Encoding: chunked\n${CLOSE}`, '2\r\nab\r\n0\r\n\r\n'],
  ['a body that waits for leave', `POST /echo HTTP/1.1\nExpect: 100-continue\nContent-Length: 2\n${CLOSE}`, 'ab'],
  ['another expectation', `GET / HTTP/1.1\nExpect: tea\n${CLOSE}`, ''],
  ['a request that is cut', `GET /broken HTTP/1.1\n${CLOSE}`, ''],
  ['no HTTP', 'GET / HTTP/9.9', ''],
  ['a tunnel', 'CONNECT elsewhere:80 HTTP/1.1', ''],
  ['an upgrade to no path of its WebSockets', 'GET /x HTTP/1.1\nConnection: upgrade\nUpgrade: websocket', ''],
];

describe.each<AdapterName>(['express', 'fastify'])('an old HTTP server that is hosted on %s', (adapter) => {
  let old: Server;
  let alone: number;
  let host: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    old = oldHttp();
    alone = await listen(old);
    host = await start(adapter, old);
  });
  afterAll(async () => {
    await host.app.close();
    old.closeAllConnections();
    old.close();
  });

  it.each(REQUESTS)('answers %s with the bytes that it answers by itself', async (_what, head, body) => {
    const before = await answer(alone, head, body);
    expect(await answer(host.port, head, body)).toBe(before);
    expect(before).toMatch(/^(HTTP\/1.1 \d{3} |$)/);
  });

  it('keeps connections as long as it does by itself, and lets a request wait for ever', async () => {
    const [connection, waiting] = [await RawConnection.open(host.port), await RawConnection.open(host.port)];
    waiting.send('GET /never HTTP/1.1\r\nHost: old\r\n\r\n');
    connection.send('GET / HTTP/1.1\r\nHost: old\r\n\r\n');
    expect(await connection.until(takeHead)).toContain('\r\nKeep-Alive: timeout=61');
    for (const each of [connection, waiting]) each.close();
  });

  it('speaks its own WebSockets, and those that it learns later', async () => {
    const head = await rawUpgrade(alone, { path: '/ws/old' });
    expect(head).toContain(' 101 ');
    expect(await rawUpgrade(host.port, { path: '/ws/old' })).toBe(head);
    const later = (request: { url?: string }, socket: NodeJS.WritableStream) => {
      if (request.url === '/later') socket.end('HTTP/1.1 299 later\r\n\r\n');
    };
    const listeners = old.listeners('upgrade') as (() => void)[];
    old.removeAllListeners('upgrade').on('upgrade', later);
    expect(await rawUpgrade(host.port, { path: '/later' })).toBe('HTTP/1.1 299 later\r\n\r\n');
    old.off('upgrade', later);
    // Node.js serves it as a request where nobody listens.
    const plain = 'GET / HTTP/1.1\nConnection: upgrade, close\nUpgrade: websocket';
    expect(await answer(host.port, plain)).toContain('\r\nGET /\r\n');
    for (const listener of listeners) old.on('upgrade', listener);
  });

  it('decides for itself what happens to requests that Node.js would answer, while it listens to them', async () => {
    const [waits, malformed] = [REQUESTS[8]!, REQUESTS[11]!];
    const before = [await answer(host.port, waits[1], waits[2]), await answer(host.port, malformed[1])];
    old.on('checkContinue', (_, response) => response.writeHead(417, 'Not Here').end());
    old.on('clientError', (_, socket) => socket.end('HTTP/1.1 400 Its Own\r\n\r\n'));
    expect(await answer(host.port, waits[1], waits[2])).toMatch(/^HTTP\/1.1 417 Not Here/);
    expect(await answer(host.port, malformed[1])).toBe('HTTP/1.1 400 Its Own\r\n\r\n');
    // The framework's own routes are not asked.
    const ours = await answer(host.port, waits[1].replace('/echo', '/realtime/rooms'), '{}');
    expect(ours).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 4/);
    for (const event of ['checkContinue', 'clientError']) old.removeAllListeners(event);
    await new Promise(setImmediate);
    expect([await answer(host.port, waits[1], waits[2]), await answer(host.port, malformed[1])]).toEqual(before);
  });

  it('gets nothing that is for the framework', async () => {
    expect((await fetch(`${host.url}/realtime/config`)).headers.get('x-old')).toBeNull();
    expect((await fetch(`${host.url}/admin/migration/nothing`)).headers.get('x-old')).toBeNull();
    const { socket } = await openSocket(host.url, '/board', { transports: ['polling'] }).connected();
    expect(socket.connected).toBe(true);
  });
});

describe('a server to host', () => {
  it('may be a function, such as an Express application, beside endpoints of their own', async () => {
    const { app, url } = await start('express', (request, response) => response.end(`old ${request.url}`));
    hostUpgrade(app, '/ws/more', (_, socket) => socket.end('HTTP/1.1 299 more\r\n\r\n'));
    expect(await (await fetch(`${url}/any`)).text()).toBe('old /any');
    expect(await rawUpgrade(Number(new URL(url).port), { path: '/ws/more' })).toBe('HTTP/1.1 299 more\r\n\r\n');
    await app.close();
  });

  it('has a stage on the path of its WebSockets', async () => {
    const toys = await startToys({
      providers: [KilnGateway],
      prepare: (app) => hostServer(app, oldHttp(), { path: '/ws/old', service: 'kiln' }),
    });
    const ws = await openWs(toys.url, '/ws/old').opened();
    const { body } = await new AdminClient(toys.url).ask<{ clients: object }>('/kiln/figures');
    expect(body.clients).toEqual({ hosted: 1 });
    await changeStage(toys, 'kiln', { stage: 'retired', force: true });
    await ws.closed();
    expect((await openWs(toys.url, '/ws/old').refused()).status).toBe(410);
    expect(await (await fetch(toys.url)).text()).toBe('GET /');
    await toys.close();
  });

  it('is refused with the reason where it cannot be hosted', async () => {
    const { app } = await start('express', createServer());
    expect(() => hostServer(app, createServer())).toThrow('the application hosts another one already');
    expect(() => hostServer(app, app.getHttpServer() as Server)).toThrow('it is the one of the application itself');
    expect(() => hostServer(app, createServer(), { service: 'board' })).toThrow(
      'the stage of a service governs a path',
    );
    await app.close();
    const late = await startToys();
    expect(() => hostServer(late.app, createServer())).toThrow('call hostServer before listen');
    await late.close();
    const http = { asControllers: true };
    const module = RealtimeModule.forRoot({ ...TOY_OPTIONS, http });
    const controllers = await NestFactory.create(module, { logger: false });
    expect(() => hostServer(controllers, createServer())).toThrow('the controllers of http.asControllers');
    await controllers.close();
  });

  it('names the controllers that it leaves without requests', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    @Controller('new')
    class NewController {
      @Get()
      get() {
        return 'new';
      }
    }
    @Module({ imports: [RealtimeModule.forRoot(TOY_OPTIONS)], controllers: [NewController] })
    class Mixed {}
    const app = await NestFactory.create(Mixed, { logger: false });
    hostServer(app, createServer());
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('nothing reaches NewController.'));
    warn.mockRestore();
    await app.close();
  });
});
