import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { JoinReply, Reply } from '@switchyard/contract';
import { openSocket, openWs } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { slowness } from '../harness/machine.js';
import type { TestSocket } from '../harness/test-socket.js';
import type { TestWs } from '../harness/test-ws.js';
import type { Note } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const JSON_BODY = { 'content-type': 'application/json' };

describe('stopping the server', () => {
  it('tells every client, closes every kind of connection and ends in time', async () => {
    const toys = await startToys();
    toys.board.open('b');
    const socket = await openSocket(toys.url, '/board').connected();
    const polling = await openSocket(toys.url, '/board', { transports: ['polling'] }).connected();
    const old = await openWs(toys.url, '/api/boards/b/ws').opened();
    const sdk = await openWs(toys.url, '/api/boards/b/ws?switchyard=1').opened();
    await sdk.waitFor((frame) => frame.includes('joined'));
    // A peer that shakes hands and then never answers a close.
    const deaf = connect(toys.port, '127.0.0.1');
    deaf.on('error', () => undefined);
    deaf.write(
      'GET /api/boards/b/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await once(deaf, 'data');
    const idle = await fetch(`${toys.url}/health/live`);
    await idle.text();

    const start = performance.now();
    await toys.close();
    expect(performance.now() - start).toBeLessThan(2000 * slowness());

    expect(await socket.next('service_draining')).toEqual([{ reconnect_in_ms: expect.any(Number) }]);
    expect(await sdk.waitFor((frame) => frame.includes('service_draining'))).toContain('reconnect_in_ms');
    // Not "io server disconnect": a Socket.IO client does not come back after that.
    expect(await socket.disconnected()).toMatch(/transport (close|error)/);
    expect(await polling.disconnected()).toMatch(/transport (close|error)/);
    expect((await old.closed()).code).toBe(1012);
    expect((await sdk.closed()).code).toBe(1012);
    expect(old.frames.some((frame) => frame.includes('draining'))).toBe(false);
    deaf.destroy();
  });

  describe('while calls are in flight', () => {
    let toys: ToyApp;
    let answer: () => void;
    let closing: Promise<void>;
    let socket: TestSocket;
    let old: TestWs;
    let calls: Promise<unknown>[];

    beforeEach(async () => {
      toys = await startToys();
      toys.board.open('b');
      socket = await openSocket(toys.url, '/board').connected();
      old = await openWs(toys.url, '/api/boards/b/ws').opened();
      await old.next();
      let held = 0;
      const arrived = new Promise<void>((resolve) => {
        toys.board.asking = new Promise((resolve) => (answer = resolve));
        const { authorize } = toys.board;
        toys.board.authorize = function (...args) {
          held += 1;
          if (held === 2) resolve();
          return authorize.apply(this, args);
        };
      });
      calls = [
        socket.call('post', { board_id: 'b', text: 'over Socket.IO' }),
        postOverHttp({ board_id: 'b', text: 'over HTTP' }),
      ];
      await arrived;
      closing = toys.close();
      await socket.next('service_draining');
    });
    afterEach(async () => {
      answer();
      await closing;
    });

    const postOverHttp = async (payload: object): Promise<unknown> => {
      const url = `${toys.url}/realtime/calls/board/post`;
      return (await fetch(url, { method: 'POST', headers: JSON_BODY, body: JSON.stringify(payload) })).json();
    };

    it.each(['/api/boards/b/ws', '/api/boards/b/ws?switchyard=1', '/socket.io/?EIO=4&transport=websocket', '/nowhere'])(
      'refuses an upgrade of %s',
      async (path) => {
        const { status, body } = await openWs(toys.url, path).refused();
        expect([status, JSON.parse(body)]).toMatchObject([503, { error: { code: 'service.draining' } }]);
      },
    );

    it('refuses a handshake of long polling', async () => {
      const answer = await fetch(`${toys.url}/socket.io/?EIO=4&transport=polling`);
      expect([answer.status, await answer.json()]).toMatchObject([403, { message: 'draining' }]);
    });

    it.each([
      ['an EventSource', '/board/b', {}],
      ['a page', '', { method: 'POST', headers: JSON_BODY, body: '{"rooms":[{"service":"board","key":"b"}]}' }],
    ])('refuses the event stream of %s', async (_who, path, init) => {
      const answer = await fetch(`${toys.url}/realtime/events${path}`, init);
      expect([answer.status, await answer.json()]).toMatchObject([503, { error: { code: 'service.draining' } }]);
    });

    it('is alive, and reports that it drains', async () => {
      const ready = await fetch(`${toys.url}/health/ready`);
      expect([ready.status, await ready.json()]).toMatchObject([503, { status: 'draining' }]);
      expect(ready.headers.get('connection')).toBe('close');
      expect((await fetch(`${toys.url}/health/live`)).status).toBe(200);
    });

    it('waits for them, and for the delivery of their events, and only then closes', async () => {
      expect([socket.socket.connected, old.ws.readyState]).toEqual([true, old.ws.OPEN]);
      answer();
      const replies = await Promise.all(calls);
      expect(replies).toMatchObject(['over Socket.IO', 'over HTTP'].map((text) => ({ ok: true, data: { text } })));
      expect((await old.closed()).code).toBe(1012);
      expect(
        old.frames
          .slice(1)
          .map((frame) => (JSON.parse(frame) as { data: Note }).data.text)
          .sort(),
      ).toEqual(['over HTTP', 'over Socket.IO']);
      expect(await socket.disconnected()).toMatch(/transport (close|error)/);
    });
  });

  /** Longer than the server waits for a peer that has read everything. */
  const LONG_MS = 700;
  const post = (url: string) =>
    fetch(`${url}/realtime/calls/board/post`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ board_id: 'b', text: 'in time' }),
    });

  it.each<[string, (toys: ToyApp) => Promise<() => Promise<unknown>>]>([
    [
      'a call over Socket.IO',
      async ({ url }) => {
        const socket = await openSocket(url, '/board').connected();
        const reply = socket.call('post', { board_id: 'b', text: 'in time' });
        return () => reply;
      },
    ],
    [
      'a call over long polling',
      async ({ url }) => {
        const socket = await openSocket(url, '/board', { transports: ['polling'] }).connected();
        const reply = socket.call('post', { board_id: 'b', text: 'in time' });
        return () => reply;
      },
    ],
    [
      'a call over HTTP',
      async ({ url }) => {
        const reply = post(url);
        return async () => (await reply).json();
      },
    ],
    [
      'a poll',
      async ({ url }) => {
        const reply = fetch(`${url}/realtime/rooms/board/b`);
        return async () => ((await reply).ok ? 'in time' : (await reply).status);
      },
    ],
  ])('answers %s before it closes, however long that takes up to its limit', async (_, ask) => {
    const toys = await startToys();
    toys.board.open('b');
    let answer!: () => void;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const arrived = new Promise<void>((resolve) => {
      toys.board.authorize = async () => {
        resolve();
        await held;
        return true;
      };
    });
    const answered = await ask(toys);
    await arrived;
    const closing = toys.close();
    setTimeout(answer, LONG_MS);
    expect(JSON.stringify(await answered())).toContain('in time');
    await closing;
  });

  describe('while a client is still reading', () => {
    const PIECE = 'x'.repeat(100_000);
    /** More of those than the buffers of the system hold. */
    const LARGE = 120;
    /** Bytes per second, so that they take more than a second. */
    const SLOW = 10_000_000;

    it.each(['Socket.IO', 'the old wire'])('waits until it has the last bytes over %s', async (wire) => {
      const toys = await startToys();
      const key = toys.board.open('b');
      for (let n = 0; n < LARGE; n += 1) await toys.board.post({ board_id: key, text: PIECE });
      const proxy = await FaultProxy.to(toys.port);
      proxy.throttle(SLOW);
      if (wire === 'Socket.IO') {
        const client = await openSocket(proxy.url, '/board').connected();
        const { _socket } = (client.socket.io.engine.transport as unknown as { ws: { _socket: Socket } }).ws;
        const begun = once(_socket, 'data');
        const joining = client.call<Reply<JoinReply>>('join_board', { board_id: key });
        await begun;
        await toys.close();
        expect(await joining).toMatchObject({ ok: true, data: { offset: LARGE } });
      } else {
        const client = await openWs(proxy.url, `/api/boards/${key}/ws`).opened();
        await once((client.ws as unknown as { _socket: Socket })._socket, 'data');
        await toys.close();
        expect((await client.next()).length).toBeGreaterThan(LARGE * PIECE.length);
        expect((await client.closed()).code).toBe(1012);
      }
      await proxy.close();
    });

    it('does not wait for one that has stopped reading', async () => {
      const toys = await startToys();
      const key = toys.board.open('b');
      for (let n = 0; n < LARGE; n += 1) await toys.board.post({ board_id: key, text: PIECE });
      const client = await openWs(toys.url, `/api/boards/${key}/ws`).opened();
      const { _socket } = client.ws as unknown as { _socket: Socket };
      await once(_socket, 'data');
      _socket.pause();
      const start = performance.now();
      await toys.close();
      expect(performance.now() - start).toBeLessThan(3000 * slowness());
    });
  });

  it('makes a ready server unreachable', async () => {
    const toys = await startToys();
    expect((await fetch(`${toys.url}/health/ready`)).status).toBe(200);
    await toys.close();
    await expect(fetch(`${toys.url}/health/ready`)).rejects.toThrow();
  });
});
