import { once } from 'node:events';
import { IncomingMessage, type Server } from 'node:http';
import { Socket, connect, type AddressInfo } from 'node:net';
import { Logger, Module, type Provider } from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { Server as SocketIoServer } from 'socket.io';
import { WebSocketServer } from 'ws';
import { UpgradeRouter } from '../../libs/server/src/http/upgrade.router.js';
import { openSocket, openWs } from '../harness/clients.js';
import { rawUpgrade, type RawUpgrade } from '../harness/raw.upgrade.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

type Prepare = (server: Server) => void;

/** A host's own listener for one path, beside a Socket.IO server of its own. */
const ownListener: Prepare = (server) => {
  const own = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/host/own') own.handleUpgrade(request, socket, head, (ws) => ws.send('from the host'));
  });
  // It cuts an upgrade of an unknown path after this time.
  new SocketIoServer(server, { path: '/host/io', serveClient: false, destroyUpgradeTimeout: 50 });
};

/** A WebSocket server of a host, which answers 400 to each path that is not its own. */
const ownServer: Prepare = (server) => {
  new WebSocketServer({ server, path: '/host/ws' }).on('connection', (ws) => ws.send('from the host'));
};

const HOSTS: Readonly<Record<string, { prepare: Prepare; path: string; asked: readonly RawUpgrade[] }>> = {
  'a listener and a second Socket.IO server': {
    prepare: ownListener,
    path: '/host/own',
    asked: [
      { path: '/host/own' },
      { path: '/host/own', method: 'POST' },
      { path: '/host/own', key: 'bad' },
      { path: '/host/nowhere' },
      { path: '/host/io/?EIO=4&transport=websocket' },
      { path: '/host/io/?EIO=4&transport=nonsense' },
    ],
  },
  'a WebSocketServer with a path': {
    prepare: ownServer,
    path: '/host/ws',
    asked: [
      { path: '/host/ws' },
      { path: '/host/ws?token=1' },
      { path: '/host/ws', method: 'POST' },
      { path: '/host/ws', key: 'bad' },
      { path: '/host/ws/' },
      { path: '/host/%E0%A4%A' },
      { path: '/' },
    ],
  },
};

/** Prepares the HTTP server of a host while the application starts. */
const preparing = (prepare: Prepare): Provider => ({
  provide: 'preparation',
  inject: [HttpAdapterHost],
  useFactory: ({ httpAdapter }: HttpAdapterHost) => ({
    onModuleInit: () => prepare(httpAdapter.getHttpServer() as Server),
  }),
});

/** What a host answers without the module, byte for byte. */
async function recordBare(prepare: Prepare, asked: readonly RawUpgrade[]): Promise<string[]> {
  @Module({ providers: [preparing(prepare)] })
  class BareModule {}
  const app = await NestFactory.create(BareModule, { logger: false });
  const sockets = new Set<Socket>();
  const server = app.getHttpServer() as Server;
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await app.listen(0, '127.0.0.1');
  const answers = await record((server.address() as AddressInfo).port, asked);
  for (const socket of sockets) socket.destroy();
  await app.close();
  return answers;
}

const record = (port: number, asked: readonly RawUpgrade[]) =>
  Promise.all(asked.map((request) => rawUpgrade(port, request)));

describe.each(Object.entries(HOSTS))('a host with %s', (_, { prepare, path, asked }) => {
  let bare: string[];
  let toys: ToyApp;
  beforeAll(async () => (bare = await recordBare(prepare, asked)));
  afterEach(() => toys.close());

  it.each(['before', 'after'])(
    'answers its own clients byte for byte as without the module, set up %s it',
    async (when) => {
      toys = await startToys(when === 'before' ? { providers: [preparing(prepare)] } : {});
      if (when === 'after') prepare(toys.app.getHttpServer());
      expect(new Set(bare).size).toBeGreaterThan(2);
      expect(await record(toys.port, asked)).toEqual(bare);
    },
  );

  it('serves its own sockets and those of the module at the same time', async () => {
    toys = await startToys({ providers: [preparing(prepare)] });
    toys.board.open('b');
    const [host, board, socket] = await Promise.all([
      openWs(toys.url, path).opened(),
      openWs(toys.url, '/api/boards/b/ws').opened(),
      openSocket(toys.url, '/board').connected(),
    ]);
    expect(await host.next()).toBe('from the host');
    expect(await board.nextJson()).toMatchObject({ type: 'notes' });
    expect(socket.transport).toBe('websocket');
    await toys.board.post({ board_id: 'b', text: 'still open' });
    expect(await board.nextJson()).toMatchObject({ type: 'note', data: { text: 'still open' } });
  });
});

describe('an upgrade listener of the host', () => {
  let toys: ToyApp;
  let server: Server;
  beforeEach(async () => {
    toys = await startToys();
    toys.board.open('b');
    server = toys.app.getHttpServer();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await toys.close();
  });

  const answer = (_: IncomingMessage, socket: Socket, text = 'host') => socket.end(`HTTP/1.1 418 ${text}\r\n\r\n`);

  it('sees no upgrade of the module, not even one that it would take once', async () => {
    const seen: (string | undefined)[] = [];
    server.once('upgrade', (request, socket) => {
      seen.push(request.url);
      answer(request, socket as Socket);
    });
    await openWs(toys.url, '/api/boards/b/ws').opened();
    await openSocket(toys.url, '/board').connected();
    expect(await rawUpgrade(toys.port, { path: '/once' })).toContain('418 host');
    expect(seen).toEqual(['/once']);
    expect(await rawUpgrade(toys.port, { path: '/once' })).toContain('404 Not Found');
  });

  it('is called with the server as `this`, in the order of the listeners, and until it is removed', async () => {
    const calls: unknown[] = [];
    const second = function (this: unknown, request: IncomingMessage, socket: Socket, head: Buffer) {
      calls.push('second', this, Buffer.isBuffer(head));
      answer(request, socket);
    };
    server.on('upgrade', second);
    const first = () => void calls.push('first');
    server.prependListener('upgrade', first);
    await rawUpgrade(toys.port, { path: '/own' });
    expect(calls).toEqual(['first', 'second', server, true]);
    expect(server.listeners('upgrade')).toEqual(expect.arrayContaining([first, second]));
    server.off('upgrade', first).off('upgrade', second);
    expect(await rawUpgrade(toys.port, { path: '/own' })).toContain('404 Not Found');
    expect(calls).toHaveLength(4);
  });

  it('may remove all listeners and call them itself, as some libraries do', async () => {
    const others = server.listeners('upgrade') as ((...upgrade: unknown[]) => void)[];
    server.removeAllListeners('upgrade');
    server.on('upgrade', (request, socket, head) => {
      if (request.url === '/wrapped') return answer(request, socket as Socket);
      for (const other of others) other.call(server, request, socket, head);
      return answer(request, socket as Socket, 'nobody');
    });
    expect(await (await openWs(toys.url, '/api/boards/b/ws').opened()).nextJson()).toMatchObject({ type: 'notes' });
    expect(await rawUpgrade(toys.port, { path: '/wrapped' })).toContain('418 host');
    expect(await rawUpgrade(toys.port, { path: '/other' })).toContain('418 nobody');
    server.removeAllListeners('upgrade');
    expect(await (await openWs(toys.url, '/api/boards/b/ws').opened()).nextJson()).toMatchObject({ type: 'notes' });
  });

  it('has its time to ask somebody before it answers, while one that never answers gets 404 in the end', async () => {
    toys.get(UpgradeRouter).unclaimed_ms = 100;
    const own = new WebSocketServer({ noServer: true });
    let letGo: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      server.on('upgrade', (request, socket, head) => {
        if (request.url !== '/slow') return;
        // It holds the socket, although it has written nothing yet.
        socket.on('close', () => undefined);
        letGo = () => own.handleUpgrade(request, socket, head, (ws) => ws.send('at last'));
        resolve();
      });
    });
    const slow = openWs(toys.url, '/slow');
    await asked;
    const answers = await Promise.all([0, 1].map(() => rawUpgrade(toys.port, { path: '/never' })));
    for (const text of answers) expect(text).toContain('"code":"path.not_found"');
    letGo();
    expect(await (await slow.opened()).next()).toBe('at last');
  });

  it('that finds its socket answered with 404 cannot spoil the answer', async () => {
    toys.get(UpgradeRouter).unclaimed_ms = 1;
    const own = new WebSocketServer({ noServer: true });
    const late = new Promise<() => void>((resolve) => {
      server.on('upgrade', (request, socket, head) => {
        resolve(() => {
          socket.write('too late');
          own.handleUpgrade(request, socket, head, () => undefined);
        });
      });
    });
    const refused = await rawUpgrade(toys.port, { path: '/late' });
    (await late)();
    expect(refused).toMatch(/^HTTP\/1.1 404 Not Found.*}$/s);
    await openWs(toys.url, '/api/boards/b/ws').opened();
  });

  it('that has touched nothing yet does not end the process when its client resets the connection', async () => {
    const seen = once(server, 'upgrade');
    const client = connect(toys.port, '127.0.0.1');
    client.write('GET /own HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await seen;
    client.resetAndDestroy();
    const count = () => new Promise<number>((resolve) => server.getConnections((_, open) => resolve(open)));
    await until('no connection', async () => (await count()) === 0);
    expect(await rawUpgrade(toys.port, { path: '/api/boards/b/ws' })).toContain('101 Switching Protocols');
  });

  it('is named in the log once: at the start with the others, or when it comes later', async () => {
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation();
    const found = () => log.mock.calls.map(([text]) => String(text)).filter((text) => text.includes('of its own'));
    const early: Prepare = (http) => {
      http.on('upgrade', function firstOwn() {});
      http.on('upgrade', function secondOwn() {});
    };
    const other = await startToys({ providers: [preparing(early)] });
    const later = other.app.getHttpServer();
    later.on('upgrade', function thirdOwn() {});
    await new Promise((resolve) => setImmediate(resolve));
    later.on('upgrade', () => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(found()).toEqual([
      expect.stringMatching(/2 upgrade listeners .*\(firstOwn, secondOwn\)/),
      expect.stringMatching(/an upgrade listener .*\(thirdOwn\)/),
      expect.stringMatching(/an upgrade listener .*\(without a name\)/),
    ]);
    await other.close();
  });

  it('that throws does so to Node.js, as without the module', () => {
    server.on('upgrade', () => {
      throw new Error('a failure of the host');
    });
    const socket = new Socket();
    const request = Object.assign(new IncomingMessage(socket), { url: '/own', headers: { upgrade: 'websocket' } });
    expect(() => server.emit('upgrade', request, socket, Buffer.alloc(0))).toThrow('a failure of the host');
  });
});
