import 'reflect-metadata';
import { Module, type INestApplication, type LoggerService, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { ErrorBody, MigrationAnswer, RealtimeConfig } from '@switchyard/contract';
import {
  BaseRoomService,
  Call,
  MemoryStore,
  RealtimeModule,
  ServiceGateway,
  useSwitchyard,
  type RealtimeOptions,
  type RealtimeRootOptions,
} from '@switchyard/server';
import { AdminClient } from '../harness/admin.client.js';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { openSocket, openWs } from '../harness/clients.js';
import { TestFlagFile } from '../harness/flag.file.js';
import { board, BoardGateway } from '../toys/board.toy.js';
import { PostNote } from '../toys/board.types.js';

/** The two settings that cannot be guessed. */
const NEEDED: RealtimeOptions = {
  authenticate: ({ token }) => {
    if (token === 'broken') throw new RangeError('no table of users');
    return Promise.resolve(token === undefined ? undefined : { id: token });
  },
  allowedOrigins: ['https://app.example.com'],
};

/** An application with the toy board, and the lines that it has logged. */
interface BoardApp {
  app: INestApplication;
  url: string;
  board: BoardGateway;
  log: string[];
}

const running: INestApplication[] = [];
afterAll(() => Promise.all(running.map((app) => app.close())));

async function start(options: RealtimeRootOptions): Promise<BoardApp> {
  @Module({ imports: [RealtimeModule.forRoot(options)], providers: [BoardGateway] })
  class BoardModule {}
  const log: string[] = [];
  const keep = (line: unknown) => void log.push(String(line));
  const logger: LoggerService = { log: () => undefined, warn: keep, error: keep };
  const app = await NestFactory.create(BoardModule, { logger, abortOnError: false });
  useSwitchyard(app);
  await app.listen(0, '127.0.0.1');
  running.push(app);
  const gateway = app.get(BoardGateway);
  gateway.open('b');
  return { app, url: await app.getUrl(), board: gateway, log };
}

const configOf = async ({ url }: BoardApp) => (await fetch(`${url}/realtime/config`)).json() as Promise<RealtimeConfig>;
const errorIn = (body: string) => (JSON.parse(body) as { error: ErrorBody }).error;

describe('an application that sets nothing but who may connect', () => {
  let host: BoardApp;
  beforeAll(async () => {
    host = await start({ ...NEEDED, adminToken: ADMIN_TOKEN });
  });
  beforeEach(() => void host.log.splice(0));

  it('publishes the limits in force, and no path of Socket.IO', async () => {
    const config = await configOf(host);
    expect(config.limits).toMatchObject({
      max_message_rate: 60,
      max_connections_per_user: 0,
      ping_interval_ms: 25_000,
    });
    expect(config).not.toHaveProperty('socketio_path');
  });

  it.each(['EIO=3', 'x=y', 'EIO=5'])('tells a client of another version so, with %s', async (query) => {
    const words = { code: 'protocol.unsupported', error: expect.stringContaining('this version of the protocol') };
    const details = { EIO: /EIO=(.)/.exec(query)?.[1] ?? null, served: ['4'] };
    const response = await fetch(`${host.url}/socket.io/?${query}&transport=polling`);
    expect([response.status, errorIn(await response.text())]).toEqual([
      400,
      expect.objectContaining({ ...words, details }),
    ]);
    const { status, body } = await openWs(host.url, `/socket.io/?${query}&transport=websocket`).refused();
    expect([status, errorIn(body)]).toEqual([400, expect.objectContaining({ ...words, details })]);
  });

  it('logs a refused upgrade once for each cause, and nothing of its query and its room', async () => {
    const page = { origin: 'https://evil.example' };
    for (let at = 0; at < 3; at++) {
      await openWs(host.url, '/api/boards/forbidden-secret/ws?token=secret').refused();
      await openWs(host.url, '/nowhere/at/secret?token=secret').refused();
      await openWs(host.url, '/api/boards/b/ws?token=secret', page).refused();
      await openWs(host.url, '/api/boards/b/ws', { origin: 'https://other.example' }).refused();
      await openSocket(host.url, '/board', { extraHeaders: page }).refused();
    }
    expect(host.log.sort()).toEqual([
      expect.stringMatching('^refused at /api/boards/… from https://evil.example: origin.refused, unable to connect;'),
      expect.stringMatching('^refused at /api/boards/… from https://other.example: origin.refused,'),
      expect.stringMatching('^refused at /api/boards/…: room.forbidden, unable to open the room;'),
      expect.stringMatching('^refused at /nowhere/at/…: path.not_found,'),
      expect.stringMatching('^refused at /socket.io/ from https://evil.example: origin.refused,'),
    ]);
  });

  it('logs what nobody foresaw once for each place, with its stack', async () => {
    host.board.authorize = () => Promise.reject(new RangeError('no table of boards'));
    const socket = await openSocket(host.url, '/board').connected();
    for (let at = 0; at < 2; at++) {
      expect((await openWs(host.url, '/api/boards/b/ws?token=broken').refused()).status).toBe(500);
      expect((await openSocket(host.url, '/board', { auth: { token: 'broken' } }).refused()).data).toMatchObject({
        code: 'call.failed',
      });
      expect(await socket.call('join_board', { board_id: 'b' })).toMatchObject({ ok: false });
    }
    const titles = host.log.map((line) => line.split('\n'));
    expect(titles.map(([title, at]) => `${title} ${at!.trim().slice(0, 2)}`).sort()).toEqual([
      'unable to authorise a join of board; RangeError: no table of boards at',
      'unable to connect a client to /api/boards/…; RangeError: no table of users at',
      'unable to connect a client to the namespace /board; RangeError: no table of users at',
    ]);
  });

  it('warns of a stage that is lost with the process, in each answer and once in the log', async () => {
    const admin = new AdminClient(host.url);
    for (const stage of ['shadow', 'legacy'] as const) {
      const { warning } = (await admin.ask<MigrationAnswer>('/board', { stage, reason: 'a test' })).body;
      expect(warning).toMatch('This stage is kept in memory and is lost when the server stops');
    }
    expect(host.log.filter((line) => line.startsWith('This stage'))).toHaveLength(1);
  });
});

describe('an application with options of Socket.IO', () => {
  let host: BoardApp;
  let file: TestFlagFile;
  beforeAll(async () => {
    file = await TestFlagFile.of({ bord: { stage: 'legacy' } });
    host = await start({
      ...NEEDED,
      socketio: { path: '/live/io', allowEIO3: true },
      flagsFile: file.path,
      adminToken: ADMIN_TOKEN,
      openStore: () => Promise.resolve(Object.assign(new MemoryStore(), { forgets: false })),
    });
  });
  afterAll(() => file.remove());

  it('names the flag of no service and the service without a flag when it starts', () => {
    expect(host.log).toEqual([
      `${file.path}: the flag realtime-bord is of no service; did you mean realtime-board?`,
      `${file.path}: the service board has no flag realtime-board, so it begins at legacy`,
    ]);
  });

  it('serves Socket.IO at its path alone, which it tells', async () => {
    expect(await configOf(host)).toMatchObject({ socketio_path: '/live/io/' });
    expect((await openSocket(host.url, '/board', { path: '/live/io' }).connected()).transport).toBe('websocket');
    const { status } = await openWs(host.url, '/socket.io/?EIO=4&transport=websocket').refused();
    expect(status).toBe(404);
  });

  it('lets a client of Socket.IO 2 connect, join and receive', async () => {
    // What a client of version 2 sends: a namespace has the query of its handshake, and the default one connects by itself.
    const ws = await openWs(host.url, '/live/io/?EIO=3&transport=websocket').opened();
    await ws.waitFor((frame) => frame === '40', 'the default namespace');
    ws.send('40/board?token=ada&positions=false,');
    await ws.waitFor((frame) => frame === '40/board,', 'the namespace');
    ws.send('42/board,1["join_board",{"board_id":"b"}]');
    const joined = await ws.waitFor((frame) => frame.startsWith('43/board,1'), 'the answer');
    expect(joined).toContain('"ok":true');
    ws.send('42/board,2["post",{"board_id":"b","text":"from a client of 2014"}]');
    const note = await ws.waitFor((frame) => frame.startsWith('42/board,["note"'), 'the event');
    expect(note).toBe('42/board,["note",{"id":1,"text":"from a client of 2014"}]');
    expect((await host.board.present('b')).map(({ caller }) => caller.user?.id)).toEqual(['ada']);
    expect((await openWs(host.url, '/live/io/?EIO=5&transport=websocket').refused()).status).toBe(400);
  });

  it('does not warn of a stage that its store keeps', async () => {
    const { status, body } = await new AdminClient(host.url).ask('/board', { stage: 'shadow', reason: 'a test' });
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('warning');
  });
});

describe('an application without a module of its own', () => {
  it('serves the services that are given to the module of the framework', async () => {
    const app = await NestFactory.create(RealtimeModule.forRoot({ ...NEEDED, providers: [BoardGateway] }), {
      logger: false,
    });
    useSwitchyard(app);
    await app.listen(0, '127.0.0.1');
    running.push(app);
    const config = (await (await fetch(`${await app.getUrl()}/realtime/config`)).json()) as RealtimeConfig;
    expect(Object.keys(config.services)).toEqual([board.name]);
  });
});

describe('an application with a wrong gateway', () => {
  const startWith = async (gateway: Type) => {
    @Module({ imports: [RealtimeModule.forRoot(NEEDED)], providers: [gateway] })
    class WrongModule {}
    const app = await NestFactory.create(WrongModule, { logger: false, abortOnError: false });
    await app.init();
  };

  it('does not start, and says which one', async () => {
    @ServiceGateway(board)
    class Bare {}
    class Extended extends BoardGateway {
      // A team without types can write this.
      @Call('shout' as 'post')
      shout(payload: PostNote) {
        return this.post(payload);
      }
    }
    @ServiceGateway(board)
    class Empty extends BaseRoomService<typeof board> {
      override snapshot() {
        return { notes: [] };
      }
    }
    await expect(startWith(Bare)).rejects.toThrow('unable to serve board; Bare does not extend');
    await expect(startWith(Extended)).rejects.toThrow('unable to serve board; it has no call "shout"');
    await expect(startWith(Empty)).rejects.toThrow('unable to serve board; "post" has no handler');
  });
});

describe('an application with wrong settings', () => {
  it('does not start, and says which setting is wrong', async () => {
    const wrong = { authenticate: NEEDED.authenticate } as RealtimeOptions;
    await expect(start(wrong)).rejects.toThrow(/^unable to start; allowedOrigins is missing;/);
    @Module({ imports: [RealtimeModule.forRootAsync({ useFactory: () => Promise.resolve({ ...NEEDED, pingMs: 7 }) })] })
    class WrongModule {}
    const started = NestFactory.create(WrongModule, { logger: false, abortOnError: false });
    await expect(started).rejects.toThrow(/^unable to start; pingMs is no setting of RealtimeModule/);
  });
});
