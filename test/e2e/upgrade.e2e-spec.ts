import { EventEmitter, once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { ErrorBody } from '@switchyard/contract';
import { openSocket, openWs } from '../harness/clients.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

/** An old gateway of the host, unchanged. */
@Injectable()
@WebSocketGateway({ path: '/ws/old-gateway' })
class OldGateway {
  @SubscribeMessage('echo')
  echo(@MessageBody() data: unknown) {
    return { event: 'echoed', data };
  }
}

/** Longer than engine.io by default keeps a foreign upgrade open. */
const SLOW_MS = 1500;

const arrivals = new EventEmitter();

describe('one port for every kind of connection', () => {
  let toys: ToyApp;
  beforeAll(async () => {
    toys = await startToys({
      providers: [OldGateway],
      authenticate: async ({ token }) => {
        arrivals.emit('handshake');
        if (token === 'held') await once(arrivals, 'let go');
        if (token === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS).unref());
        return token === undefined ? undefined : { id: token };
      },
    });
    toys.board.open('b');
    toys.board.open('c');
  });
  afterAll(() => toys.close());

  const code = (body: string) => (JSON.parse(body) as { error: ErrorBody }).error.code;

  it('brings every Socket.IO client to a WebSocket while old WebSockets are open beside it', async () => {
    await Promise.all(Array.from({ length: 20 }, () => openWs(toys.url, '/api/boards/b/ws').opened()));
    const sockets = await Promise.all(
      Array.from({ length: 20 }, () =>
        openSocket(toys.url, '/board', { transports: ['polling', 'websocket'] }).connected(),
      ),
    );
    for (const { socket } of sockets) {
      const { engine } = socket.io;
      if (engine.transport.name !== 'websocket') await new Promise((resolve) => engine.once('upgrade', resolve));
    }
    expect(sockets.map(({ transport }) => transport)).toEqual(sockets.map(() => 'websocket'));
  });

  it('has one adapter of Socket.IO for its server and for Redis, since two would not know each other’s rooms', () => {
    const [server, redis] = ['socket.io', '@socket.io/redis-adapter'].map((name) =>
      createRequire(require.resolve(name)),
    );
    expect(redis!.resolve('socket.io-adapter')).toBe(server!.resolve('socket.io-adapter'));
  });

  it('connects over WebSocket alone', async () => {
    const socket = await openSocket(toys.url, '/board').connected();
    expect(socket.transport).toBe('websocket');
  });

  it.each(['/nowhere', '/socket.iox/', '/api/boards/b/ws/more', '/'])(
    'answers an upgrade of %s with 404 at once',
    async (path) => {
      const held = openWs(toys.url, '/api/boards/b/ws?token=held');
      await once(arrivals, 'handshake');
      const { status, body } = await openWs(toys.url, path).refused();
      expect(held.ws.readyState).toBe(held.ws.CONNECTING);
      arrivals.emit('let go');
      expect(status).toBe(404);
      expect(code(body)).toBe('path.not_found');
    },
  );

  it('holds no memory for a refused peer that does not close', async () => {
    const arrived = once(toys.app.getHttpServer(), 'connection') as Promise<[Socket]>;
    const deaf = connect({ port: toys.port, host: '127.0.0.1', allowHalfOpen: true });
    deaf.write('GET /nowhere HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    const [socket] = await arrived;
    if (!socket.destroyed) await once(socket, 'close');
    expect(deaf.destroyed).toBe(false);
    deaf.destroy();
  });

  it('answers a path it cannot read with 400', async () => {
    expect((await openWs(toys.url, '/api/boards/%E0%A4%A/ws').refused()).status).toBe(400);
  });

  it.each([
    ['GET', '/realtime/config', 'h2c', 200],
    ['GET', '/health/live', 'h2c', 200],
    ['GET', '/health/live', 'H2C', 200],
    ['GET', '/health/live', 'TLS/1.0, h2c', 200],
    ['GET', '/health/live', 'something-new', 200],
    ['GET', '/health/live', 'h2c, websocket', 200],
    ['GET', '/nowhere', 'h2c', 404],
    ['GET', '/api/boards/b/ws', 'h2c', 404],
    ['GET', '/socket.io/?EIO=4&transport=polling', 'h2c', 200],
    ['POST', '/realtime/calls/board/post', 'h2c', 200],
  ])('serves %s %s as plain HTTP to a client that offers %s', async (method, path, upgrade, status) => {
    const body = method === 'POST' ? JSON.stringify({ board_id: 'c', text: 'over h2c' }) : undefined;
    const headers = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: upgrade, 'Content-Type': 'application/json' };
    const answer = once(request(toys.url + path, { method, headers }).end(body), 'response') as Promise<
      [IncomingMessage]
    >;
    const [response] = await answer;
    expect(response.statusCode).toBe(status);
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
    if (method === 'POST') expect(text).toContain('over h2c');
  });

  it.each(['WebSocket', 'WEBSOCKET', 'h2c, websocket'])('opens a WebSocket that is offered as %s', async (upgrade) => {
    const ws = openWs(toys.url, '/api/boards/b/ws', {
      finishRequest: (request) => request.setHeader('Upgrade', upgrade) && request.end(),
    });
    expect(await (await ws.opened()).nextJson()).toMatchObject({ type: 'notes' });
  });

  it('serves HTTP/2 offers as plain HTTP beside a listener of the host', async () => {
    const http = toys.app.getHttpServer();
    const listener = (_: IncomingMessage, socket: Socket) => socket.destroy();
    http.on('upgrade', listener);
    try {
      const headers = { Connection: 'Upgrade', Upgrade: 'h2c' };
      const [response] = (await once(request(`${toys.url}/health/live`, { headers }).end(), 'response')) as [
        IncomingMessage,
      ];
      expect(response.resume().statusCode).toBe(200);
    } finally {
      http.off('upgrade', listener);
    }
  });

  it('waits for an old endpoint that authenticates slowly', async () => {
    const ws = await openWs(toys.url, '/api/boards/b/ws?token=slow').opened();
    expect(await ws.nextJson()).toEqual({ type: 'notes', data: [] });
  });

  it('reads a query to its end, also past a question mark', async () => {
    const ws = await openWs(toys.url, '/api/boards/b/ws?token=who?&x=?').opened();
    await ws.nextJson();
    expect((await toys.board.present('b')).map(({ caller }) => caller.user?.id)).toContain('who?');
  });

  it('hosts a gateway with a path of its own', async () => {
    const ws = await openWs(toys.url, '/ws/old-gateway').opened();
    ws.send({ event: 'echo', data: { n: 1 } });
    expect(await ws.nextJson()).toEqual({ event: 'echoed', data: { n: 1 } });
  });

  it('refuses a foreign origin before the upgrade', async () => {
    const { status, body } = await openWs(toys.url, '/api/boards/b/ws', { origin: 'https://evil.example' }).refused();
    expect(status).toBe(403);
    expect(code(body)).toBe('origin.refused');
  });

  it('refuses a foreign origin at the Socket.IO handshake', async () => {
    const socket = openSocket(toys.url, '/board', { extraHeaders: { origin: 'https://evil.example' } });
    await socket.refused();
    expect(socket.socket.connected).toBe(false);
  });

  it('refuses an old connection to a room of somebody else before the upgrade', async () => {
    const { status, body } = await openWs(toys.url, '/api/boards/forbidden-1/ws').refused();
    expect(status).toBe(403);
    expect(code(body)).toBe('room.forbidden');
  });

  it('survives a client that disconnects in the middle of a slow authentication', async () => {
    const ws = openWs(toys.url, '/api/boards/b/ws?token=slow');
    await once(arrivals, 'handshake');
    ws.ws.terminate();
    const other = await openWs(toys.url, '/api/boards/b/ws').opened();
    expect(await other.nextJson()).toEqual({ type: 'notes', data: [] });
  });
});
