import { Realtime, ServiceClient, type ConnectionState } from '@switchyard/client';
import type { JoinReply, Reply } from '@switchyard/contract';
import { ServiceRegistry, Stages, type ServiceRuntime } from '@switchyard/server';
import { filter, firstValueFrom, share } from 'rxjs';
import { openSocket } from '../harness/clients.js';
import type { TestSocket } from '../harness/test-socket.js';
import { until } from '../harness/until.js';
import { boardConfig } from '../toys/board.config.js';
import { boardRoot } from '../toys/board.root.js';
import { board, type BoardTypes } from '../toys/board.toy.js';
import { meter, type MeterTypes } from '../toys/meter.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

type JoinAnswer = Reply<JoinReply<BoardTypes['snapshot']>>;

describe('an old wire that is the root namespace', () => {
  let toys: ToyApp;
  let service: ServiceRuntime;
  beforeEach(async () => {
    toys = await startToys();
    service = toys.get(ServiceRegistry).get('board');
    toys.board.open('b');
  });
  afterEach(() => toys.close());

  const open = (token?: string) => openSocket(toys.url, '/', { ...(token && { auth: { token } }) }).connected();
  const ask = (socket: TestSocket, asked: object = {}) =>
    socket.call<JoinAnswer>('watch', { board_id: 'b', switchyard: 1, ...asked });
  const post = (text: string) => toys.board.post({ board_id: 'b', text });
  const written = (socket: TestSocket) => socket.received.map(({ event, args }) => JSON.stringify([event, ...args]));

  it('answers a client that asks for positions, and sends it each event once, with its position', async () => {
    await post('first');
    const socket = await open();
    const reply = await ask(socket);
    if (!reply.ok) throw new Error(reply.error.code);
    const { epoch } = reply.data;
    expect(reply.data).toMatchObject({ room: 'board_b', offset: 1, recovered: false });
    expect(reply.data.snapshot).toEqual({ notes: [{ id: 1, text: 'first' }] });
    await post('second');
    await toys.board.wave('b');
    await toys.board.close('b');
    await socket.waitFor(({ args }) => JSON.stringify(args).includes('"closed"'), 'the end');
    const note = { id: 2, text: 'second' };
    expect(socket.received).toEqual([
      {
        event: 'note_b',
        args: [{ ...note, _sy: { event: 'note', payload: note, room: 'board_b', epoch, offset: 2 } }],
      },
      { event: '_sy', args: [{ _sy: { event: 'waving', payload: { board_id: 'b' }, room: 'board_b' } }] },
      {
        event: '_sy',
        args: [{ _sy: { event: 'closed', payload: { board_id: 'b' }, room: 'board_b', epoch, offset: 3 } }],
      },
    ]);
  });

  it('keeps the old bytes for other clients, whoever else is in the room', async () => {
    const [old, asking] = await Promise.all([open(), open()]);
    await ask(asking);
    old.socket.emit('watch', 'b');
    await old.next('notes_b');
    await post('a');
    await toys.board.wave('b');
    await toys.board.close('b');
    await asking.waitFor(({ args }) => JSON.stringify(args).includes('"closed"'), 'the end');
    await old.next('added_b');
    expect(written(old)).toEqual([
      '["notes_b",{"notes":[]}]',
      '["note_b",{"id":1,"text":"a"}]',
      '["added_b",{"id":1,"text":"a"}]',
    ]);
  });

  it('replays missed events, and reports when it cannot', async () => {
    const socket = await open();
    const first = await ask(socket);
    if (!first.ok) throw new Error(first.error.code);
    const { epoch, offset } = first.data;
    await socket.call('unwatch', { board_id: 'b', switchyard: 1 });
    await post('a');
    expect(await ask(socket, { since: { epoch, offset } })).toMatchObject({
      data: { recovered: true, events: [{ event: 'note', payload: { text: 'a' }, offset: 1 }] },
    });
    expect(await ask(socket, { since: { epoch: 'other', offset } })).toMatchObject({ data: { recovered: false } });
    expect(await ask(socket, { since: 'nonsense' })).toMatchObject({ data: { recovered: false } });
    expect(socket.received).toEqual([]);
  });

  it('refuses a join in its answer', async () => {
    const socket = await open();
    const refused = (code: string) => expect.objectContaining({ ok: false, error: expect.objectContaining({ code }) });
    expect(await ask(socket, { board_id: 'nowhere' })).toEqual(refused('room.not_found'));
    expect(await ask(socket, { board_id: 'forbidden' })).toEqual(refused('room.forbidden'));
    expect(await ask(socket, { board_id: '' })).toEqual(refused('input.invalid'));
    expect(socket.received).toEqual([]);
  });

  it('sends a placeholder for another user’s event to a client with positions, and nothing to the others', async () => {
    const [mine, other, old] = await Promise.all([open('me'), open('other'), open('other')]);
    await Promise.all([ask(mine), ask(other)]);
    old.socket.emit('watch', 'b');
    await old.next('notes_b');
    const note = { id: 1, text: 'for me' };
    await service.publish('b', 'note', note, [], 'me');
    await toys.board.close('b');
    const isEnd = ({ args }: { args: unknown[] }) => JSON.stringify(args).includes('"closed"');
    await Promise.all([mine, other].map((socket) => socket.waitFor(isEnd, 'the end')));
    expect(mine.received[0]).toMatchObject({ event: 'note_b', args: [{ ...note, _sy: { event: 'note', offset: 1 } }] });
    expect(other.received[0]).toMatchObject({
      event: '_sy',
      args: [{ _sy: { event: 'hidden', payload: {}, offset: 1 } }],
    });
    old.socket.emit('watch', 'b');
    await old.next('notes_b');
    expect(old.received.map(({ event }) => event)).toEqual(['notes_b', 'notes_b']);
  });

  it('sends no event of a room that was left, and follows the latest kind of join', async () => {
    const [socket, witness] = await Promise.all([open(), open()]);
    await Promise.all([ask(socket), ask(witness)]);
    await socket.call('unwatch', { board_id: 'b', switchyard: 1 });
    await post('a');
    await witness.next('note_b');
    expect(socket.received).toEqual([]);
    socket.socket.emit('watch', 'b');
    await socket.next('notes_b');
    await ask(socket);
    await post('b');
    await witness.next('note_b');
    await ask(socket);
    expect(written(socket).slice(1)).toEqual([expect.stringContaining('"_sy"')]);
  });

  it('sends to a single client with positions', async () => {
    const socket = await open();
    await ask(socket);
    const note = { id: 0, text: 'to you' };
    expect(await toys.board.whisper(socket.socket.id!, 'b', note)).toBe(true);
    expect(await socket.next('note_b')).toEqual([{ ...note, _sy: { event: 'note', payload: note, room: 'board_b' } }]);
  });

  it.each([
    ['asked for positions', (socket: TestSocket) => ask(socket)],
    ['did not ask', (socket: TestSocket) => void socket.socket.emit('watch', 'b')],
  ])('forgets a member that %s when its connection is gone, with all that was kept for it', async (_, join) => {
    const [gone, stays] = await Promise.all([open(), open()]);
    await Promise.all([join(gone), ask(stays)]);
    const present = async () => (await toys.board.present('b')).map(({ id }) => id);
    await until('both members', async () => (await present()).length === 2);
    const { id } = gone.socket;
    gone.socket.io.engine.close();
    await until('one member', async () => (await present()).length === 1);
    expect(await present()).toEqual([stays.socket.id]);
    expect(await toys.board.whisper(id!, 'b', { id: 0, text: 'to nobody' })).toBe(false);
    await stays.close();
    await until('an empty room', async () => (await present()).length === 0);
    await until('no room in memory', () => service.rooms.size === 0);
  });

  it('is refused to everybody once it is retired, and served again afterwards', async () => {
    const move = (stage: 'legacy' | 'retired' | 'socketio') =>
      toys.get(Stages).change('board', { stage, force: true, reason: 'a test' }, 'test');
    await move('retired');
    const retired = { code: 'service.retired', details: { service: 'board', to: 'socketio', namespace: '/board' } };
    const [asking, old] = await Promise.all([open(), open()]);
    expect(await ask(asking)).toMatchObject({ ok: false, error: retired });
    expect(await ask(asking, { since: { epoch: 'e', offset: 1 } })).toMatchObject({ ok: false, error: retired });
    old.socket.emit('watch', 'b');
    expect(await old.next('service_error')).toMatchObject([retired]);
    expect(await toys.board.present('b')).toEqual([]);
    await move('socketio');
    expect(await ask(asking)).toMatchObject({ ok: true });
  });

  it('announces a shutdown to clients with positions', async () => {
    const [asking, old] = await Promise.all([open(), open()]);
    await ask(asking);
    old.socket.emit('watch', 'b');
    await old.next('notes_b');
    await toys.close();
    expect(await asking.next('_sy')).toEqual([
      { _sy: { event: 'service_draining', payload: { reconnect_in_ms: expect.any(Number) } } },
    ]);
    await old.disconnected();
    expect(written(old)).toHaveLength(1);
  });

  it('lets our client leave and return without touching the connection that it shares with others', async () => {
    const { services, ...rest } = boardConfig('legacy');
    const address = { wire: 'socketio', stage: 'socketio', namespace: meter.namespace, poll_path: '' } as const;
    const realtime = new Realtime({ url: toys.url, config: { ...rest, services: { ...services, meter: address } } });
    const client = new ServiceClient<BoardTypes>(realtime, board, { root: boardRoot });
    const beside = new ServiceClient<MeterTypes>(realtime, meter);
    const notes$ = client.room('b').on('note').pipe(share());
    const texts: string[] = [];
    notes$.subscribe(({ text }) => texts.push(text));
    toys.meter.set({ meter_id: 'm', value: 1 });
    beside.room('m').messages$.subscribe();
    const subscribed = (state: ConnectionState) => state === 'subscribed';
    await firstValueFrom(client.state$.pipe(filter(subscribed)));
    await firstValueFrom(beside.state$.pipe(filter(subscribed)));
    const states: ConnectionState[] = [];
    beside.state$.subscribe((state) => states.push(state));
    for (const wire of ['socketio', 'legacy', 'socketio', 'legacy'] as const) {
      await client.connection.switchTo(wire);
      const nextNotes = firstValueFrom(notes$);
      await post(wire);
      await nextNotes;
    }
    expect(texts).toEqual(['socketio', 'legacy', 'socketio', 'legacy']);
    expect(states).toEqual(['subscribed']);
    expect(realtime.stats()).toMatchObject({ wires: { board: 'legacy', meter: 'socketio' }, reconnects: 0 });
    realtime.close();
  });
});
