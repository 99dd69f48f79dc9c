import { Fault, type JoinReply, type LoggedEvent, type Reply } from '@switchyard/contract';
import { openRedisStore } from '@switchyard/store-redis';
import { openSocket, openWs } from '../harness/clients.js';
import type { TestSocket } from '../harness/test-socket.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import type { Note } from '../toys/board.toy.js';
import { ParlourGateway } from '../toys/parlour.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

describe('rooms', () => {
  let toys: ToyApp;
  beforeEach(async () => {
    toys = await startToys();
  });
  afterEach(() => toys.close());

  const enter = async (board_id: string, since?: object): Promise<[TestSocket, JoinReply<{ notes: Note[] }>]> => {
    const socket = await openSocket(toys.url, '/board', { auth: { sdk: 'test' } }).connected();
    const reply = await socket.call<Reply<JoinReply<{ notes: Note[] }>>>('join_board', { board_id, since });
    if (!reply.ok) throw new Error(reply.error.code);
    return [socket, reply.data];
  };
  const post = (board_id: string, text: string) => toys.board.post({ board_id, text });

  it('send volatile events without offset to present members', async () => {
    const key = toys.board.open('b');
    const [socket, joined] = await enter(key);
    const sdk = await openWs(toys.url, `/api/boards/${key}/ws?switchyard=1`).opened();
    await sdk.waitFor((frame) => frame.includes('joined'));
    await toys.board.wave(key);
    expect(await socket.next('waving')).toEqual([{ board_id: key }, { room: 'board_b' }]);
    expect(JSON.parse(await sdk.waitFor((frame) => frame.includes('waving')))).toEqual({
      type: '_sy',
      _sy: { event: 'waving', payload: { board_id: key }, room: 'board_b' },
    });
    expect((await enter(key))[1].offset).toBe(joined.offset);
  });

  it('answer a replay of more than a thousand events with a snapshot', async () => {
    const key = toys.board.open('b');
    const [, { epoch, offset }] = await enter(key);
    await toys.board.postMany({ board_id: key, count: 1000 });
    const [, whole] = await enter(key, { epoch, offset });
    expect(whole.recovered).toBe(true);
    expect(whole.events).toHaveLength(1000);
    await post(key, 'one too many');
    const [, tooLong] = await enter(key, { epoch, offset });
    expect(tooLong).toMatchObject({ recovered: false, offset: 1001 });
    expect(tooLong.snapshot!.notes).toHaveLength(1001);
  });

  it('answer a replay of more than a megabyte with a snapshot', async () => {
    const key = toys.board.open('b');
    const [, { epoch, offset }] = await enter(key);
    await toys.board.postMany({ board_id: key, count: 11, text: 'x'.repeat(100_000) });
    expect((await enter(key, { epoch, offset }))[1].recovered).toBe(false);
  });

  it('are left by a disconnect, and by nothing else', async () => {
    const key = toys.board.open('b');
    const [first] = await enter(key);
    const [second] = await enter(key);
    expect((await toys.board.present(key)).map(({ id }) => id)).toEqual([first.socket.id, second.socket.id]);
    await first.close();
    await until('one member', async () => (await toys.board.present(key)).length === 1);
    expect((await toys.board.present(key)).map(({ id }) => id)).toEqual([second.socket.id]);
  });

  it('let a service send to one member and evict one', async () => {
    const key = toys.board.open('b');
    const [first] = await enter(key);
    const [second] = await enter(key);
    expect(await toys.board.whisper(first.socket.id!, key, { id: 0, text: 'for you' })).toBe(true);
    expect(await first.next('note')).toEqual([{ id: 0, text: 'for you' }, { room: 'board_b' }]);
    await toys.board.putOut(first.socket.id!, key);
    await post(key, 'for those inside');
    expect((await second.next('note'))[0]).toEqual({ id: 1, text: 'for those inside' });
    expect(await toys.board.whisper(first.socket.id!, key, { id: 0, text: 'gone' })).toBe(false);
    await first.call('join_room', { room: 'nowhere' });
    expect(first.received).toHaveLength(1);
  });

  it('have names: the only room of a service has no other', async () => {
    const socket = await openSocket(toys.url, '/shelf').connected();
    expect(await socket.call('join_room', { room: 'the_shelf' })).toMatchObject({ ok: true });
    const reply = await socket.call<Reply>('join_room', { room: 'another_shelf' });
    expect(reply).toMatchObject({ ok: false, error: { code: 'input.invalid' } });
  });

  it('begin a new epoch when their log is emptied, and continue their offsets', async () => {
    const key = toys.board.open('b');
    const [socket] = await enter(key);
    await post(key, 'old');
    const [, before] = await enter(key);
    await toys.board.wipe(key);
    await socket.next('note');
    const [, position] = await socket.next<[Note, LoggedEvent]>('note');
    expect(position.offset).toBe(2);
    expect(position.epoch).not.toBe(before.epoch);
    const [, after] = await enter(key, { epoch: before.epoch, offset: before.offset });
    expect(after).toMatchObject({ recovered: false, epoch: position.epoch, offset: 2 });
  });

  it('coalesce a burst in a state room, but never its end', async () => {
    toys.meter.readings.set('m', { meter_id: 'm', value: 0 });
    const socket = await openSocket(toys.url, '/meter', { auth: { sdk: 'test' } }).connected();
    await socket.call('join_meter', { meter_id: 'm' });
    for (let value = 1; value <= 100; value += 1) toys.meter.set({ meter_id: 'm', value });
    await socket.waitFor(({ args }) => (args[0] as { value: number }).value === 100);
    const seen = socket.received.map(({ args }) => args as [{ value: number }, LoggedEvent]);
    expect(seen.map(([{ value }]) => value)).toEqual([1, 100]);
    expect(seen.map(([, { offset }]) => offset)).toEqual([1, 2]);
  });

  it('let an old client wait for an unknown id', async () => {
    const ws = await openWs(toys.url, '/api/meters/soon/ws').opened();
    expect(await ws.nextJson()).toEqual({ type: 'reading', data: { meterId: 'soon', value: 0 } });
    toys.meter.set({ meter_id: 'soon', value: 7 });
    expect(await ws.nextJson()).toEqual({ type: 'reading', data: { meterId: 'soon', value: 7 } });
    ws.send('ping');
    expect(await ws.next()).toBe('pong');
  });

  it('refuse an old client that would wait for an id when the store fails at that moment', async () => {
    const redis = await TestRedis.start();
    const store = await openRedisStore({ url: redis.url });
    let isAway = true;
    const follow = () => {
      isAway = !isAway;
      return isAway ? Promise.reject(new Fault('store.unavailable')) : Promise.resolve(() => undefined);
    };
    Object.assign(store.cluster.rooms, { follow });
    const failing = await startToys({ openStore: () => Promise.resolve(store), providers: [ParlourGateway] });
    try {
      const ws = await openWs(failing.url, '/api/meters/soon/ws').opened();
      expect(await ws.closed()).toEqual({ code: 1011, reason: 'store.unavailable' });
      const root = await openSocket(failing.url).connected();
      root.socket.emit('enter', 'unknown');
      expect((await root.next('service_error'))[0]).toMatchObject({ code: 'store.unavailable' });
    } finally {
      await failing.close();
      await redis.stop();
    }
  });

  it('refuse an unknown id to a client with positions, and close', async () => {
    const ws = await openWs(toys.url, '/api/meters/never/ws?switchyard=1').opened();
    expect(await ws.nextJson()).toMatchObject({
      type: '_sy',
      _sy: { event: 'refused', error: { code: 'room.not_found' } },
    });
    expect((await ws.closed()).code).toBe(4404);
  });

  it('send the heartbeat of an old wire', async () => {
    const ws = await openWs(toys.url, '/api/shelf/stream').opened();
    expect(await ws.nextJson()).toEqual({ type: 'items', data: [] });
    const beat = await ws.nextJson<{ type: string; data: { timestamp: string } }>();
    expect(Object.keys(beat)).toEqual(['type', 'data']);
    expect(new Date(beat.data.timestamp).toISOString()).toBe(beat.data.timestamp);
  });

  it('are polled many at a time, with the wire to use and an error for each failed one', async () => {
    const key = toys.board.open('b');
    await post(key, 'one');
    const response = await fetch(`${toys.url}/realtime/rooms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        rooms: [
          { service: 'board', key },
          { service: 'board', key: 'nowhere' },
          { service: 'nothing', key: 'x' },
          { service: 'shelf', key: 'all' },
        ],
      }),
    });
    expect(await response.json()).toEqual({
      rooms: [
        expect.objectContaining({ room: 'board_b', offset: 1 }),
        { error: expect.objectContaining({ code: 'room.not_found' }) },
        { error: expect.objectContaining({ code: 'service.unknown' }) },
        expect.objectContaining({ room: 'the_shelf' }),
      ],
      wires: { board: 'legacy', shelf: 'legacy' },
    });
  });

  it.each([
    ['/realtime/rooms/board/b?since=nonsense', 400, 'input.invalid'],
    ['/realtime/rooms/board/nowhere', 404, 'room.not_found'],
    ['/realtime/rooms/board/forbidden-1', 403, 'room.forbidden'],
    ['/realtime/rooms/board/%20', 400, 'input.invalid'],
    ['/realtime/rooms/nothing/b', 404, 'service.unknown'],
  ])('answer %s with status %d and %s', async (path, status, code) => {
    const response = await fetch(toys.url + path);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.objectContaining({ code }) });
  });
});

describe('a room that has ended', () => {
  it.each([0, 2000])(
    'is forgotten %d ms after its end, and then serves the final state of the domain',
    async (roomRetentionMs) => {
      const toys = await startToys({ roomRetentionMs });
      try {
        toys.meter.readings.set('m', { meter_id: 'm', value: 99 });
        const poll = async (since = ''): Promise<JoinReply> =>
          (await (await fetch(`${toys.url}/realtime/rooms/meter/m${since}`)).json()) as JoinReply;
        const start = await poll();
        const since = `?since=${start.epoch}:${start.offset}`;
        toys.meter.set({ meter_id: 'm', value: 100 });
        await toys.meter.published;
        if (roomRetentionMs > 0) expect((await poll(since)).recovered).toBe(true);
        const reply = await until('the log forgotten', async () => {
          const answer = await poll(since);
          return !answer.recovered && answer;
        });
        expect(reply).toMatchObject({ recovered: false, snapshot: { meter_id: 'm', value: 100 } });
      } finally {
        await toys.close();
      }
    },
  );
});
