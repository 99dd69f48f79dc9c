import { connect, type Socket } from 'node:net';
import { formatPosition, type ErrorBody, type JoinReply } from '@switchyard/contract';
import { ServiceRegistry } from '@switchyard/server';
import { openSocket } from '../harness/clients.js';
import { EventStream, type StreamEvent } from '../harness/event.stream.js';
import { until } from '../harness/until.js';
import { ParlourGateway } from '../toys/parlour.toy.js';
import { startToys, type ToyApp, type ToyOptions } from '../toys/toy.app.js';

const read = <T = Record<string, unknown>>({ data }: StreamEvent) => JSON.parse(data) as T;
const client = (name: string) => `client-${name}`.padEnd(16, '_');

describe('an event stream', () => {
  let toys: ToyApp;
  const streams: EventStream[] = [];
  const start = async (options: ToyOptions = {}) => {
    toys = await startToys({ providers: [ParlourGateway], ...options });
    toys.board.open('b');
  };
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.close();
    await toys.close();
  });
  const open = (address: string, init: RequestInit = {}) => {
    const stream = new EventStream(`${toys.url}/realtime/events${address}`, init);
    streams.push(stream);
    return stream;
  };
  const page = (rooms: unknown, headers: Record<string, string> = {}) =>
    open('', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ rooms }),
    });
  const post = (text: string, board_id = 'b') => toys.board.post({ board_id, text });
  const errorOf = async (stream: EventStream) => {
    const { status, body } = await stream.answered();
    return { status, ...(JSON.parse(body) as { error: ErrorBody }).error };
  };

  describe('of an EventSource', () => {
    it('begins with the join and the snapshot, and continues with events whose ids are their positions', async () => {
      await start();
      await post('old');
      const stream = open('/board/b');
      expect(await stream.answered()).toMatchObject({ status: 200, type: 'text/event-stream; charset=utf-8' });
      const joined = await stream.next('joined');
      const { epoch, offset } = read<JoinReply>(joined);
      // A client that resumed at the position of the reply would lose the next event.
      expect(joined.id).toBeUndefined();
      const snapshot = await stream.next('board_history');
      expect(read(snapshot)).toEqual({ notes: [{ id: 1, text: 'old' }] });
      expect(snapshot.id).toBe(formatPosition({ epoch, offset }));
      await post('new');
      const note = await stream.next('note');
      expect([read(note), note.id]).toEqual([{ id: 2, text: 'new' }, formatPosition({ epoch, offset: 2 })]);
      await toys.board.wave('b');
      expect((await stream.next('waving')).id).toBeUndefined();
      expect(stream.text).toMatch(/^retry: (\d{3}|1[0-4]\d\d|1500)\n\n/);
    });

    it.each([
      ['Last-Event-ID', '', (id: string) => ({ 'Last-Event-ID': id })],
      ['since', '?since=', () => ({})],
    ])('resumes after the position in %s', async (_name, query, headers) => {
      await start();
      const first = open('/board/b');
      const { epoch, offset } = read<JoinReply>(await first.next('joined'));
      first.close();
      await post('missed');
      const id = formatPosition({ epoch, offset });
      const stream = open(`/board/b${query && query + id}`, { headers: headers(id) });
      const joined = await stream.next('joined');
      expect([joined.id, read(joined)]).toEqual([id, expect.objectContaining({ recovered: true, offset: 1 })]);
      expect((await stream.next('note')).id).toBe(formatPosition({ epoch, offset: 1 }));
      const current = open(`/board/b?since=${epoch}:1`);
      expect((await current.next('joined')).id).toBe(`${epoch}:1`);
    });

    it('moves its position past an event for another user, and does not show it', async () => {
      await start();
      const service = toys.get(ServiceRegistry).get('board');
      const [mine, other] = ['me', 'other'].map((user) =>
        open('/board/b', { headers: { authorization: `Bearer ${user}` } }),
      );
      await Promise.all([mine!, other!].map((stream) => stream.next('board_history')));
      const { epoch } = (await service.publish('b', 'note', { id: 1, text: 'for me' }, [], 'me'))!;
      await post('for all');
      expect(read(await mine!.next('note'))).toEqual({ id: 1, text: 'for me' });
      expect(read(await other!.next('note'))).toMatchObject({ text: 'for all' });
      expect(other!.text).toContain(`\n\nid: ${epoch}:1\n\nevent: note\n`);
      expect(other!.text).not.toMatch(/for me|hidden/);
    });

    it.each<[string, string, number, string, Record<string, string>]>([
      ['an unknown room', '/board/nowhere', 404, 'room.not_found', {}],
      ['a room it may not enter', '/board/forbidden', 403, 'room.forbidden', {}],
      ['an unknown service', '/nothing/b', 404, 'service.unknown', {}],
      ['a position that is none', '/board/b?since=nonsense', 400, 'input.invalid', {}],
      ['options that are no JSON', '/board/b?options={', 400, 'input.invalid', {}],
      ['another origin', '/board/b', 403, 'origin.refused', { origin: 'https://elsewhere.example' }],
    ])('is refused before it begins for %s', async (_what, address, status, code, headers) => {
      await start();
      expect(await errorOf(open(address, { headers }))).toMatchObject({ status, code });
    });
  });

  describe('of a page', () => {
    it('answers each room in order, and carries the events of all', async () => {
      await start();
      const stream = page([
        { service: 'board', key: 'b' },
        { service: 'board', key: 'nowhere' },
        { service: 'nothing', key: 'x' },
        { service: 'shelf', key: 'all' },
      ]);
      expect(read(await stream.next('open'))).toMatchObject({ silence_ms: 45_000, server_time: expect.any(String) });
      const answers = await Promise.all(
        [0, 1, 2, 3].map(() => stream.waitFor(({ event }) => /joined|refused/.test(event))),
      );
      const byIndex = answers.map((answer) => ({ kind: answer.event, ...read<{ index: number }>(answer) }));
      expect(byIndex.sort((a, b) => a.index - b.index)).toMatchObject([
        { kind: 'joined', service: 'board', key: 'b', room: 'board_b', snapshot: { notes: [] } },
        { kind: 'refused', service: 'board', key: 'nowhere', error: { code: 'room.not_found' } },
        { kind: 'refused', service: 'nothing', key: 'x', error: { code: 'service.unknown' } },
        { kind: 'joined', service: 'shelf', key: 'all', room: 'the_shelf' },
      ]);
      await post('hello');
      await toys.shelf.put({ id: 'i', title: 'an item' });
      const events = [await stream.next('event'), await stream.next('event')];
      expect(events.map((event) => read(event))).toMatchObject([
        { service: 'board', room: 'board_b', event: 'note', payload: { text: 'hello' }, offset: 1 },
        { service: 'shelf', room: 'the_shelf', event: 'item_put', payload: { id: 'i' } },
      ]);
      expect(stream.events.every(({ id }) => id === undefined)).toBe(true);
    });

    it.each([
      ['a body without rooms', undefined],
      ['more rooms than a poll may have', Array.from({ length: 201 }, () => ({ service: 'board', key: 'b' }))],
      ['a room without a key', [{ service: 'board' }]],
    ])('is refused before it begins for %s', async (_what, rooms) => {
      await start();
      expect(await errorOf(page(rooms))).toMatchObject({ status: 400, code: 'input.invalid' });
    });

    it('costs one poll in the limits, however many rooms it has', async () => {
      await start({ joinRate: { limit: 2, window_ms: 60_000 } });
      const headers = { authorization: 'Bearer ann' };
      const rooms = Array.from({ length: 50 }, () => ({ service: 'board', key: 'b' }));
      for (let n = 0; n < 2; n += 1) await page(rooms, headers).next('joined');
      expect(await errorOf(page(rooms, headers))).toMatchObject({ status: 429, code: 'rate.limited' });
    });

    it('leaves its rooms when it closes', async () => {
      await start();
      const stream = page([{ service: 'board', key: 'b' }]);
      await stream.next('joined');
      expect(await toys.board.present('b')).toHaveLength(1);
      stream.close();
      await until('nobody is in the room', async () => (await toys.board.present('b')).length === 0);
    });
  });

  describe.each<[string, () => EventStream, (name: string) => (event: StreamEvent) => boolean]>([
    [
      'an EventSource',
      () => open('/board/b'),
      (name) =>
        ({ event }) =>
          event === name,
    ],
    [
      'a page',
      () => page([{ service: 'board', key: 'b' }]),
      (name) => (received) => received.event === 'control' && read(received).event === name,
    ],
  ])('of %s', (_who, openAny, named) => {
    it('announces a shutdown and ends like a response', async () => {
      await start();
      const stream = openAny();
      await stream.next('joined');
      const closing = toys.close();
      await stream.waitFor(named('service_draining'));
      await stream.ended();
      await closing;
      expect(stream.text).toContain('reconnect_in_ms');
    });

    it('sends a heartbeat whenever nothing else was sent', async () => {
      await start({ pingIntervalMs: 20 });
      const stream = openAny();
      await stream.next('joined');
      await until('two heartbeats', () => stream.text.includes('\n\n: \n\n: \n\n'));
    });

    it('carries messages to its client alone, and nothing more once that is evicted from the room', async () => {
      await start();
      const stream = openAny();
      await stream.next('joined');
      const { id } = (await toys.board.present('b'))[0]!;
      await toys.board.whisper(id, 'b', { id: 9, text: 'psst' });
      await stream.waitFor(({ data }) => data.includes('psst'));
      await toys.board.putOut(id, 'b');
      await post('unheard');
      expect(await toys.board.present('b')).toEqual([]);
      expect(stream.text).not.toContain('unheard');
    });
  });

  it('counts as a connection of its client, and ends for good when its user has too many clients', async () => {
    await start({ maxConnectionsPerUser: 1 });
    const headers = (name: string) => ({ authorization: 'Bearer ann', 'x-client-id': client(name) });
    const stream = page([{ service: 'board', key: 'b' }], headers('first'));
    const same = open('/board/b', { headers: headers('first') });
    await Promise.all([stream.next('joined'), same.next('joined')]);
    await openSocket(toys.url, '/board', { auth: { token: 'ann', client_id: client('second') } }).connected();
    await Promise.all([stream.ended(), same.ended()]);
    expect(read(stream.events.at(-1)!)).toMatchObject({
      event: 'service_error',
      payload: { code: 'connection.limit' },
    });
    expect(same.events.at(-1)).toMatchObject({
      event: 'service_error',
      data: expect.stringContaining('connection.limit'),
    });
    expect(same.text).toMatch(/retry: 86400000\n\n$/);
  });

  it('counts in the presence of its room', async () => {
    await start();
    const witness = open('/parlour/p', { headers: { 'x-client-id': client('a') } });
    expect(read(await witness.next('joined'))).toMatchObject({ members: 1 });
    const stream = page([{ service: 'parlour', key: 'p' }], { 'x-client-id': client('b') });
    expect(read(await stream.next('joined'))).toMatchObject({ members: 2 });
    const change = await witness.waitFor((event) => event.event === 'presence_changed' && read(event).members === 2);
    expect(change.id).toBeUndefined();
  });

  it('is cut off when its client stops reading, and the others notice nothing', async () => {
    await start();
    const socket: Socket = connect(toys.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /realtime/events/board/b HTTP/1.1\r\nHost: x\r\n\r\n');
    await until('it is in the room', async () => (await toys.board.present('b')).length === 1);
    socket.pause();
    const other = open('/board/b');
    await other.next('joined');
    const text = 'x'.repeat(100_000);
    let written = 0;
    while ((await toys.board.present('b')).length > 1) {
      await post(text);
      written += 1;
      await other.waitFor((event) => event.event === 'note' && read(event).id === written, `note ${written}`);
    }
    socket.destroy();
  });
});
