import { Injectable, type Type } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { useSwitchyard, type GatewayOptions } from '@switchyard/server';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerOptions } from 'ws';
import { openSocket, openWs } from '../harness/clients.js';
import { freePort } from '../harness/free.port.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

/** What every gateway here does, as gateways for `WsAdapter` do. */
class Echo {
  @SubscribeMessage('echo')
  echo(@MessageBody() data: unknown) {
    return { event: 'echoed', data };
  }
}

/** A gateway with these options; port 0 is the application's own. */
function gateway(name: string, options: object = {}, port = 0): Type {
  const type = { [name]: class extends Echo {} }[name]!;
  WebSocketGateway(port, options)(type);
  Injectable()(type);
  return type;
}

const OPTIONS: ServerOptions = {
  maxPayload: 100,
  perMessageDeflate: { threshold: 0 },
  handleProtocols: (offered) => [...offered].find((protocol) => protocol === 'v2') ?? false,
  verifyClient: ({ req }: { req: { url?: string } }) => !req.url?.includes('refuse'),
  clientTracking: false,
};

const echoed = async (ws: Awaited<ReturnType<ReturnType<typeof openWs>['opened']>>) => {
  ws.send({ event: 'echo', data: 1 });
  return ws.nextJson();
};

describe('a gateway written for WsAdapter', () => {
  let toys: ToyApp;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    const providers = [
      gateway('Optioned', { path: '/ws/:odd*', ...OPTIONS }),
      gateway('Pathless'),
      gateway('OnPort', { path: '/own-port', maxPayload: 50 }, port),
    ];
    toys = await startToys({ providers, gateways: { gatewaysWithoutPath: 'ws' } });
  });
  afterAll(() => toys.close());

  it('keeps its limit on the size of a frame, which ws answers with 1009', async () => {
    const ws = await openWs(toys.url, '/ws/:odd*').opened();
    expect(await echoed(ws)).toEqual({ event: 'echoed', data: 1 });
    ws.send('x'.repeat(101));
    expect((await ws.closed()).code).toBe(1009);
  });

  it('keeps its choice of subprotocols, its compression and its own check of clients', async () => {
    const options = { perMessageDeflate: true };
    const { ws } = await openWs(toys.url, '/ws/:odd*', { ...options, protocol: 'v1,v2' }).opened();
    expect(ws.extensions).toBe('permessage-deflate');
    expect((await openWs(toys.url, '/ws/:odd*?refuse').refused()).status).toBe(401);
  });

  it('lets in every origin, and has its path letter by letter', async () => {
    await openWs(toys.url, '/ws/:odd*', { origin: 'https://other.example' }).opened();
    for (const path of ['/ws/word', '/WS/:odd*', '/ws/:odd*/'])
      expect((await openWs(toys.url, path).refused()).status).toBe(404);
  });

  it('without a path is served at /', async () => {
    expect(await echoed(await openWs(toys.url, '/').opened())).toEqual({ event: 'echoed', data: 1 });
  });

  it('with a port of its own has a server there, with its options', async () => {
    const ws = await openWs(`http://127.0.0.1:${port}`, '/own-port').opened();
    expect(await echoed(ws)).toEqual({ event: 'echoed', data: 1 });
    ws.send('x'.repeat(51));
    expect((await ws.closed()).code).toBe(1009);
    expect((await openWs(toys.url, '/own-port').refused()).status).toBe(404);
  });

  it('gives back its port when the application closes', async () => {
    await toys.close();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
  });
});

describe('gateways of an application', () => {
  let toys: ToyApp | undefined;
  afterEach(() => toys?.close());

  const start = (providers: Type[], gateways?: GatewayOptions) =>
    startToys({ providers, ...(gateways && { gateways }) });

  it('with neither path nor namespace keep it from starting while nobody says what they speak', async () => {
    toys = undefined;
    await expect(start([gateway('Lonely')])).rejects.toThrow(
      /unable to serve the gateway Lonely; it has neither path nor namespace.*gatewaysWithoutPath: 'ws'/,
    );
  });

  it('speak Socket.IO without a path where the application says so', async () => {
    toys = await start([gateway('Talker')], { gatewaysWithoutPath: 'socket.io' });
    const { socket } = await openSocket(toys.url).connected();
    const answer = once(socket as never, 'echoed');
    socket.emit('echo', 1);
    expect(await answer).toEqual([1]);
  });

  it('with and without a namespace on raw WebSockets, are refused by name', async () => {
    toys = undefined;
    const mixed = [gateway('Named', { namespace: 'named' }), gateway('Bare')];
    await expect(start(mixed, { gatewaysWithoutPath: 'ws' })).rejects.toThrow(
      'unable to serve the gateway Bare on raw WebSockets; others have a namespace',
    );
  });

  it('go on as under the adapter that was set before, with its message parser', async () => {
    toys = await startToys({
      providers: [gateway('Former')],
      prepare: (app) => {
        const before = new WsAdapter(app);
        before.setMessageParser((data) => ({ event: 'echo', data: `formerly ${(data as Buffer).toString()}` }));
        app.useWebSocketAdapter(before);
        useSwitchyard(app);
      },
    });
    const ws = await openWs(toys.url, '/').opened();
    ws.send('plain');
    expect(await ws.nextJson()).toEqual({ event: 'echoed', data: 'formerly plain' });
  });

  it('let in allowed origins only where the application asks for it', async () => {
    toys = await start([gateway('Guarded', { path: '/guarded' })], { gatewayOrigins: 'allowed' });
    expect((await openWs(toys.url, '/guarded', { origin: 'https://other.example' }).refused()).status).toBe(403);
    await openWs(toys.url, '/guarded', { origin: 'http://localhost:3000' }).opened();
  });

  it('read their messages with the parser that the application sets', async () => {
    const messageParser = (data: unknown) => ({ event: 'echo', data: `parsed ${String(data)}` });
    toys = await start([gateway('Parsed', { path: '/parsed' })], { messageParser });
    const ws = await openWs(toys.url, '/parsed').opened();
    ws.send('plain');
    expect(await ws.nextJson()).toEqual({ event: 'echoed', data: 'parsed plain' });
  });
});
