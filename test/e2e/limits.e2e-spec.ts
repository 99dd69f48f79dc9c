import { Realtime, ServiceClient } from '@switchyard/client';
import type { ErrorBody, JoinReply, Reply, WireName } from '@switchyard/contract';
import { WebSocket } from 'ws';
import { openSocket, openWs } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { until } from '../harness/until.js';
import { boardConfig } from '../toys/board.config.js';
import { board, boardLegacy, type BoardTypes } from '../toys/board.toy.js';
import { startToys, type ToyApp, type ToyOptions } from '../toys/toy.app.js';

const HOUR_MS = 3_600_000;
const RATE = { limit: 3, window_ms: HOUR_MS };

let toys: ToyApp;
const start = async (options: ToyOptions) => {
  toys = await startToys(options);
  toys.board.open('b');
};
afterEach(() => toys.close());

const client = (name: string) => `client-${name}`.padEnd(16, '_');
const note = (text: string) => ({ board_id: 'b', text });
const headers = (name: string) => ({ 'content-type': 'application/json', 'x-client-id': client(name) });
const codeOf = (reply: Reply) => (reply.ok ? 'ok' : reply.error.code);
const limited = {
  code: 'rate.limited',
  recoverable: true,
  details: { limit: 3, window_ms: HOUR_MS, retry_after_ms: expect.any(Number) },
};

describe('the limit of calls', () => {
  beforeEach(() => start({ callRate: RATE }));

  const post = (name: string, payload: object) =>
    fetch(`${toys.url}/realtime/calls/board/post`, {
      method: 'POST',
      headers: headers(name),
      body: JSON.stringify(payload),
    });

  it('refuses calls over it, on all wires together, before the handler and without their payload', async () => {
    const socket = await openSocket(toys.url, '/board', { auth: { client_id: client('ann') } }).connected();
    for (const text of ['one', 'two']) await socket.call('post', note(text));
    const old = await openWs(toys.url, `/api/boards/b/ws?client_id=${client('ann')}`).opened();
    await old.next();
    old.send({ type: 'post', text: 'three' });
    await old.waitFor((frame) => frame.includes('three'));
    expect(toys.board.runs).toBe(3);

    const refused = await socket.call<Reply>('post', note('canary-four'));
    expect(refused).toEqual({ ok: false, error: expect.objectContaining(limited) });
    expect(JSON.stringify(refused)).not.toContain('canary');
    old.send({ type: 'post', text: 'five' });
    expect(await old.nextJson()).toEqual({ type: 'error', code: 'rate.limited' });
    const response = await post('ann', note('six'));
    expect(response.status).toBe(429);
    const seconds = Number(response.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(HOUR_MS / 1000 - 120);
    expect(seconds).toBeLessThanOrEqual(HOUR_MS / 1000);
    expect(((await response.json()) as { error: ErrorBody }).error).toMatchObject(limited);
    expect(toys.board.runs).toBe(3);
  });

  it('counts calls that are refused for another reason, too', async () => {
    const socket = await openSocket(toys.url, '/board', { auth: { client_id: client('ann') } }).connected();
    const replies = [];
    for (const call of ['no_such_call', 'fail', 'post', 'post'])
      replies.push(await socket.call<Reply>(call, { text: 1 }));
    expect(replies.map(codeOf)).toEqual(['call.unknown', 'call.failed', 'input.invalid', 'rate.limited']);
  });

  it('is one for each user over all clients, and else one for each client or socket', async () => {
    const auths = [{ token: 'ann' }, { token: 'ann', client_id: client('phone') }, { client_id: client('bob') }, {}];
    const sockets = await Promise.all(auths.map((auth) => openSocket(toys.url, '/board', { auth }).connected()));
    const last: string[] = [];
    for (const socket of sockets) {
      const replies: Reply[] = [];
      for (const text of ['1', '2', '3']) replies.push(await socket.call<Reply>('post', note(text)));
      last.push(replies.map(codeOf).join(' '));
    }
    const [well, refused] = ['ok ok ok', 'rate.limited rate.limited rate.limited'];
    expect(last).toEqual([well, refused, well, well]);
  });

  it('answers a repeat from the record, over the limit or not, and remembers no refusal', async () => {
    const socket = await openSocket(toys.url, '/board', { auth: { token: 'ann' } }).connected();
    const calls = ['1', '2', '3'].map((text) => ({ ...note(text), correlation_id: text }));
    const first = [];
    for (const call of calls) first.push(await socket.call('post', call));
    const extra = { ...note('4'), correlation_id: '4' };
    expect(await socket.call('post', extra)).toMatchObject({ error: limited });
    for (const [index, call] of calls.entries()) expect(await socket.call('post', call)).toEqual(first[index]);
    // Each answer is new; a recorded refusal would be the same each time.
    const [a, b] = [await socket.call<Reply>('post', extra), await socket.call<Reply>('post', extra)];
    expect([codeOf(a), codeOf(b)]).toEqual(['rate.limited', 'rate.limited']);
    expect(toys.board.runs).toBe(3);
  });

  it('does not count a renewed token or a leave', async () => {
    const socket = await openSocket(toys.url, '/board', { auth: { token: 'ann' } }).connected();
    for (let n = 0; n < 5; n += 1)
      expect(await socket.call('reauthenticate', { token: 'ann' })).toMatchObject({ ok: true });
    expect(codeOf(await socket.call<Reply>('post', note('1')))).toBe('ok');
  });
});

describe('the limit of joins', () => {
  beforeEach(() => start({ joinRate: RATE, callRate: { limit: 1, window_ms: HOUR_MS } }));

  const poll = (rooms: object[]) =>
    fetch(`${toys.url}/realtime/rooms`, { method: 'POST', headers: headers('ann'), body: JSON.stringify({ rooms }) });

  it('has a budget of its own, in which a poll of many rooms counts as one', async () => {
    const socket = await openSocket(toys.url, '/board', { auth: { client_id: client('ann') } }).connected();
    await socket.call('post', note('the only call'));
    expect(codeOf(await socket.call<Reply<JoinReply>>('join_room', { room: 'board_b' }))).toBe('ok');
    const many = await poll(Array.from({ length: 50 }, () => ({ service: 'board', key: 'b' })));
    expect(((await many.json()) as { rooms: JoinReply[] }).rooms).toHaveLength(50);
    expect((await fetch(`${toys.url}/realtime/rooms/board/b`, { headers: headers('ann') })).status).toBe(200);

    const join = await socket.call<Reply>('join_room', { room: 'board_b' });
    expect(join).toMatchObject({ ok: false, error: limited });
    const refused = await poll([{ service: 'board', key: 'b' }]);
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect(await socket.call('leave_room', { room: 'board_b' })).toEqual({ ok: true, data: { room: 'board_b' } });
  });

  it('reports a refusal for now to a client on the old wire', async () => {
    const path = `/api/boards/b/ws?client_id=${client('ann')}`;
    for (let n = 0; n < 3; n += 1) await openWs(toys.url, path).next();
    const plain = openWs(toys.url, path);
    expect(await plain.nextJson()).toEqual({ type: 'error', code: 'rate.limited' });
    expect(await plain.closed()).toEqual({ code: 1013, reason: 'rate.limited' });
    const ours = openWs(toys.url, `${path}&switchyard=1`);
    expect(await ours.nextJson()).toMatchObject({ _sy: { event: 'refused', error: limited } });
    expect(await ours.closed()).toEqual({ code: 4404, reason: 'rate.limited' });
  });
});

describe('the limit of connections', () => {
  beforeEach(() => start({ maxConnectionsPerUser: 2 }));

  const connect = (auth: object, namespace = '/board') => openSocket(toys.url, namespace, { auth }).connected();
  const of = (name: string, user = 'ann') => ({ token: user, client_id: client(name) });
  const old = (name: string, query = '') => {
    const headers = { authorization: 'Bearer ann' };
    return openWs(toys.url, `/api/boards/b/ws?client_id=${client(name)}${query}`, { headers });
  };

  it('evicts the oldest client with all its connections, and tells it why', async () => {
    const first = [await connect(of('first')), await connect(of('first'), '/meter')];
    const [plain, ours] = [old('first'), old('first', '&switchyard=1')];
    for (const ws of [plain, ours]) await ws.next();
    const second = await connect(of('second'));
    expect(first.every(({ socket }) => socket.connected)).toBe(true);

    const third = await connect(of('third'));
    for (const socket of first) {
      const [error] = await socket.next<[ErrorBody]>('service_error');
      expect(error).toMatchObject({ code: 'connection.limit', recoverable: false, details: { limit: 2 } });
      expect(await socket.disconnected()).toBe('io server disconnect');
    }
    await plain.waitFor((frame) => frame.includes('connection.limit'));
    expect(await plain.closed()).toEqual({ code: 1008, reason: 'connection.limit' });
    await ours.waitFor((frame) => frame.includes('connection.limit') && frame.includes('refused'));
    expect(await ours.closed()).toEqual({ code: 4404, reason: 'connection.limit' });
    for (const socket of [second, third]) {
      expect(codeOf(await socket.call<Reply>('post', note('still here')))).toBe('ok');
    }
  });

  const connections = () =>
    new Promise<number>((resolve) => {
      toys.app.getHttpServer().getConnections((_error, count) => resolve(count));
    });

  it('counts for each user, and only open connections', async () => {
    const staying = await connect(of('first'));
    for (const name of ['a', 'b', 'c']) {
      const other = await connect(of(name));
      await other.close();
      await until('one connection', async () => (await connections()) <= 1);
    }
    const bob = await Promise.all(['a', 'b'].map((name) => connect(of(name, 'bob'))));
    for (const socket of [staying, ...bob]) expect(codeOf(await socket.call<Reply>('post', note('here')))).toBe('ok');
  });

  it('counts a connection without client_id as a client, and no anonymous ones', async () => {
    const first = await connect({ token: 'ann' });
    const beside = first.socket.io.socket('/meter', { auth: { token: 'ann' } });
    await new Promise<void>((resolve) => beside.connect().once('connect', resolve));
    const second = await connect({ token: 'ann' });
    expect(first.socket.connected && beside.connected).toBe(true);
    await connect({ token: 'ann' });
    expect(await first.disconnected()).toBe('io server disconnect');
    expect(second.socket.connected).toBe(true);
    const anonymous = await Promise.all([1, 2, 3, 4].map((n) => connect(n % 2 ? {} : { client_id: client(`${n}`) })));
    for (const socket of anonymous) expect(codeOf(await socket.call<Reply>('post', note('here')))).toBe('ok');
  });

  it.each<WireName>(['socketio', 'legacy'])('is the end for our client, on %s', async (wire) => {
    const proxy = await FaultProxy.to(toys.port);
    const config = boardConfig(wire);
    const realtime = new Realtime({ url: proxy.url, WebSocket, config, token: 'ann', clientId: client('sdk') });
    const service = new ServiceClient<BoardTypes>(realtime, board, { legacy: boardLegacy });
    try {
      const ended = new Promise((resolve) => {
        service.room('b').messages$.subscribe({ next: () => void crowd(), error: resolve });
      });
      const crowd = async () => {
        for (const name of ['a', 'b']) await connect(of(name));
      };
      expect(await ended).toMatchObject({ code: 'connection.limit' });
      expect(service.connection.state$.value).toBe('disconnected');
      await expect(service.call('post', note('too late'))).rejects.toMatchObject({ code: 'connection.limit' });
    } finally {
      realtime.close();
      await proxy.close();
    }
  });
});

describe.each<WireName>(['socketio', 'legacy'])('a page within limits, on %s', (wire) => {
  let proxy: FaultProxy;
  let realtime: Realtime;
  let service: ServiceClient<BoardTypes>;
  const open = async (options: ToyOptions) => {
    await start(options);
    proxy = await FaultProxy.to(toys.port);
    const reconnect = { minMs: 10, maxMs: 50 };
    realtime = new Realtime({ url: proxy.url, WebSocket, config: boardConfig(wire), reconnect });
    service = new ServiceClient<BoardTypes>(realtime, board, { legacy: boardLegacy });
  };
  afterEach(async () => {
    realtime.close();
    await proxy.close();
  });

  it('rejoins a hundred rooms after a cut, though it may not join them all at once', async () => {
    await open({ joinRate: { limit: 60, window_ms: 500 } });
    const keys = Array.from({ length: 100 }, (_, n) => toys.board.open(`b${n}`));
    const texts = new Map<string, string[]>(keys.map((key) => [key, []]));
    const ended: unknown[] = [];
    for (const key of keys) {
      service.room(key).messages$.subscribe({
        next: (message) => {
          const seen = texts.get(key)!;
          if (message.kind === 'snapshot') seen.push(...message.snapshot.notes.map(({ text }) => text));
          else if (message.kind === 'event' && message.event === 'note') seen.push(message.payload.text);
          if (message.kind === 'snapshot') seen.push('joined');
        },
        error: (error) => ended.push(error),
      });
    }
    await until('the join of everybody', () => [...texts.values()].every((seen) => seen.includes('joined')));
    proxy.cutClean();
    await Promise.all(keys.map((key) => toys.board.post({ board_id: key, text: 'while away' })));
    await until('the missed event of everybody', () =>
      [...texts.values()].every((seen) => seen.includes('while away')),
    );
    for (const seen of texts.values()) expect(seen).toEqual(['joined', 'while away']);
    expect(ended).toEqual([]);
  });

  it('makes more calls than it may at once, each once and in order', async () => {
    // Long enough for all calls sent before the refusal to arrive before its end, even on a slow machine.
    await open({ callRate: { limit: 8, window_ms: 2000 } });
    service.room('b').messages$.subscribe();
    const texts = Array.from({ length: 12 }, (_, n) => String(n));
    await Promise.all(texts.map((text) => service.call('post', note(text))));
    expect(toys.board.boards.get('b')!.map(({ text }) => text)).toEqual(texts);
    expect(toys.board.runs).toBe(12);
  });
});
