import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import { openSocket, openWs } from './clients.js';
import type { TestSocket } from './test-socket.js';

describe('the plain clients of the tests', () => {
  let http: HttpServer;
  let io: Server;
  let legacy: WebSocketServer;
  let url: string;
  let earlier: TestSocket;

  beforeAll(async () => {
    http = createServer();
    io = new Server(http, { destroyUpgrade: false });
    legacy = new WebSocketServer({ noServer: true });
    http.on('upgrade', (request, socket, head) => {
      if (request.url === '/legacy') legacy.handleUpgrade(request, socket, head, (ws) => legacy.emit('connection', ws));
      else if (!request.url?.startsWith('/socket.io/'))
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\nno');
    });
    legacy.on('connection', (ws) => ws.on('message', (data: Buffer) => ws.send(`{ "echo":  ${data.toString()} }`)));
    io.of('/closed').use((_, next) => next(Object.assign(new Error('no'), { data: { code: 'auth.required' } })));
    io.of('/yard').on('connection', (socket) => {
      socket.emit('hello', 1);
      socket.emit('train', 'a');
      socket.emit('train', 'b');
      socket.on('double', (n: number, ack: (n: number) => void) => ack(n * 2));
      socket.on('go', () => socket.disconnect());
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    legacy.close();
    await io.close();
  });

  it('return events in order, also those that came before the request', async () => {
    const client = await openSocket(url, '/yard', { reconnection: true }).connected();
    earlier = client;
    expect(await client.next('train')).toEqual(['a']);
    expect(await client.next('train')).toEqual(['b']);
    expect(await client.next('hello')).toEqual([1]);
    expect(client.transport).toBe('websocket');
  });

  it('make calls, and notice a disconnect', async () => {
    const client = await openSocket(url, '/yard').connected();
    expect(await client.call('double', 21)).toBe(42);
    client.socket.emit('go');
    expect(await client.disconnected()).toBe('io server disconnect');
  });

  it('are closed after each test', () => {
    expect([earlier.socket.connected, earlier.socket.active]).toEqual([false, false]);
  });

  it('report how a namespace was refused', async () => {
    expect((await openSocket(url, '/closed').refused()).data).toEqual({ code: 'auth.required' });
    await expect(openSocket(url, '/closed').connected()).rejects.toThrow('no');
  });

  it('return raw frames byte for byte', async () => {
    const client = await openWs(url, '/legacy').opened();
    client.send('1');
    expect(await client.next()).toBe('{ "echo":  1 }');
    client.send({ a: 1 });
    expect(await client.nextJson()).toEqual({ echo: { a: 1 } });
    for (const ws of legacy.clients) ws.close(4001, 'enough');
    expect(await client.closed()).toEqual({ code: 4001, reason: 'enough' });
  });

  it('report how an upgrade was refused', async () => {
    expect(await openWs(url, '/nowhere').refused()).toEqual({ status: 404, body: 'no' });
  });
});
