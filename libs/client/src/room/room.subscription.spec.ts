import type { PresenceChange, Wire } from '@switchyard/contract';
import { notes, meter, type NotesTypes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import { useStandIn } from '../../test/fixture.js';
import { errorBody } from '../../test/stand-in.rooms.js';
import type { StandIn } from '../../test/stand-in.server.js';
import { ServiceClient } from '../service/service.client.js';
import { fakeRealtime } from '../testing/index.js';
import type { RoomMessage } from './room.message.js';

const { server: startServer, page } = useStandIn();

/** What a message says, in a word: a snapshot's texts, or an event's. */
function said(message: RoomMessage<NotesTypes>): string {
  if (message.kind === 'snapshot') return `[${message.snapshot.texts.join()}]`;
  return message.kind === 'event' && message.event === 'note_added' ? message.payload.text : message.kind;
}

const texts = (recording: Recording<RoomMessage<NotesTypes>>) => recording.values.map(said);

describe.each<Wire>(['socketio', 'legacy'])('a room on %s', (wire) => {
  const start = async () => {
    const server = await startServer();
    server.wire = wire;
    const book = server.rooms.open(notes, 'b1', { texts: ['old'] });
    return { server, book, client: page(server.url) };
  };
  const inRoom = (server: StandIn, count: number) => server.until(() => server.joins.length >= count);

  it('gives the snapshot, then what happens', async () => {
    const { server, book, client } = await start();
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    server.publish(book, 'note_added', { text: 'a' });
    server.publish(book, 'note_added', { text: 'b' });
    await seen.until(({ length }) => length === 3);
    expect(texts(seen)).toEqual(['[old]', 'a', 'b']);
  });

  it('is joined once by two subscribers and left by the last', async () => {
    const { server, book, client } = await start();
    const room = client.notes.room('b1');
    const first = new Recording(room.messages$);
    const second = new Recording(room.messages$);
    await second.until(({ length }) => length === 1);
    server.publish(book, 'note_added', { text: 'a' });
    await first.until(({ length }) => length === 2);
    await second.until(({ length }) => length === 2);
    expect(server.joins).toHaveLength(1);
    first.stop();
    server.publish(book, 'note_added', { text: 'b' });
    await second.until(({ length }) => length === 3);
    expect(server.leaves).toEqual([]);
    expect(texts(first)).toEqual(['[old]', 'a']);
    second.stop();
    await server.until(() => server.leaves.length === 1);
  });

  it('gives a late subscriber the snapshot and what came since, without joining again', async () => {
    const { server, book, client } = await start();
    const early = new Recording(client.notes.room('b1').messages$);
    await early.until(({ length }) => length === 1);
    server.publish(book, 'note_added', { text: 'a' });
    await early.until(({ length }) => length === 2);
    const late = new Recording(client.notes.room('b1').messages$);
    expect(texts(late)).toEqual(['[old]', 'a']);
    expect(server.joins).toHaveLength(1);
  });

  it('gives a late subscriber a fresh snapshot once the past is longer than the room keeps', async () => {
    const { server, book, client } = await start();
    const early = new Recording(client.notes.room('b1').messages$);
    await early.until(({ length }) => length === 1);
    for (let n = 0; n < notes.keep; n++) server.publish(book, 'note_added', { text: String(n) });
    await early.until(({ length }) => length === 1 + notes.keep);
    book.snapshot = { texts: ['old', '0', '1', '2', '3', '4'] };
    const late = new Recording(client.notes.room('b1').messages$);
    await late.until(({ length }) => length === 1);
    expect(texts(late)).toEqual(['[old,0,1,2,3,4]']);
  });

  it('gives a late subscriber a fresh snapshot, though the connection was away when it came', async () => {
    const server = await startServer();
    server.wire = wire;
    const book = server.rooms.open(notes, 'b1', { texts: ['old'] });
    const client = page(server.url, { polling: { afterAttempts: 1000 } });
    const early = new Recording(client.notes.room('b1').messages$);
    await early.until(({ length }) => length === 1);
    for (let n = 0; n < notes.keep; n++) server.publish(book, 'note_added', { text: String(n) });
    await early.until(({ length }) => length === 1 + notes.keep);
    await server.close();
    const states = new Recording(client.notes.state$);
    await states.until((all) => all.at(-1) === 'reconnecting');
    const late = new Recording(client.notes.room('b1').messages$);
    book.snapshot = { texts: ['old', '0', '1', '2', '3', '4'] };
    await server.listen();
    await late.until(({ length }) => length === 1);
    expect(texts(late)).toEqual(['[old,0,1,2,3,4]']);
    server.publish(book, 'note_added', { text: 'next' });
    await late.until(({ length }) => length === 2);
    expect(texts(early).slice(-2)).toEqual(['[old,0,1,2,3,4]', 'next']);
  });

  it('goes on where it was after the connection was cut', async () => {
    const { server, book, client } = await start();
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    server.publish(book, 'note_added', { text: 'a' });
    await seen.until(({ length }) => length === 2);
    server.cut();
    server.publish(book, 'note_added', { text: 'b' });
    server.publish(book, 'note_added', { text: 'c' });
    await seen.until(({ length }) => length === 4);
    expect(texts(seen)).toEqual(['[old]', 'a', 'b', 'c']);
    expect(server.joins[1]).toMatchObject({ wire, since: { epoch: book.epoch, offset: 1 } });
    expect(client.realtime.stats()).toMatchObject({ reconnects: 1, wires: { notes: wire } });
  });

  it('goes on across a restart that began a new epoch', async () => {
    const { server, book, client } = await start();
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    server.publish(book, 'note_added', { text: 'a' });
    await seen.until(({ length }) => length === 2);
    await server.close();
    server.rooms.reopen(book);
    server.publish(book, 'note_added', { text: 'b' });
    await server.listen();
    await seen.until(({ length }) => length === 3);
    server.publish(book, 'note_added', { text: 'c' });
    await seen.until(({ length }) => length === 4);
    expect(texts(seen)).toEqual(['[old]', 'a', 'b', 'c']);
  });

  it('takes the snapshot when the server no longer knows its position', async () => {
    const { server, book, client } = await start();
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    server.publish(book, 'note_added', { text: 'a' });
    await seen.until(({ length }) => length === 2);
    server.rooms.clear(book);
    book.snapshot = { texts: ['new'] };
    server.publish(book, 'note_added', { text: 'never alone' });
    await seen.until(({ length }) => length === 3);
    expect(texts(seen)).toEqual(['[old]', 'a', '[new]']);
  });

  it('heals a gap by asking for what is missing', async () => {
    const { server, book, client } = await start();
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    server.rooms.append(book, 'note_added', { text: 'lost' });
    server.publish(book, 'note_added', { text: 'b' });
    server.publish(book, 'note_added', { text: 'c' });
    await seen.until(({ length }) => length === 4);
    expect(texts(seen)).toEqual(['[old]', 'lost', 'b', 'c']);
    expect(client.realtime.stats().gapsHealed).toBe(1);
  });

  it('drops what it has already had', async () => {
    const { server, book, client } = await start();
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    server.publish(book, 'note_added', { text: 'a' });
    server.send(book, book.log[0]!);
    server.publish(book, 'note_added', { text: 'b' });
    await seen.until(({ length }) => length === 3);
    expect(texts(seen)).toEqual(['[old]', 'a', 'b']);
    expect(client.realtime.stats().duplicatesDropped).toBe(1);
  });

  it('passes volatile events and presence without touching the position', async () => {
    const { server, book, client } = await start();
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    server.send(book, { event: 'typing', payload: { user: 'u' } });
    server.send(book, {
      event: 'presence_changed',
      payload: { room: book.name, joined: ['u', 'v'], left: [], members: 2 },
    });
    server.publish(book, 'note_added', { text: 'a' });
    await seen.until(({ length }) => length === 4);
    expect(seen.values.slice(1).map(({ kind }) => kind)).toEqual(['event', 'presence', 'event']);
    const late = new Recording(client.notes.room('b1').messages$);
    expect(late.values.map(({ kind }) => kind)).toEqual(['snapshot', 'event', 'presence']);
  });

  it('completes with its terminal event and is left', async () => {
    const { server, book, client } = await start();
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    server.publish(book, 'book_closed', {});
    await seen.ended();
    expect(seen.completed).toBe(true);
    expect(texts(seen)).toEqual(['[old]', 'event']);
    await server.until(() => server.leaves.length === 1);
  });

  it('fails as the server refused it', async () => {
    const { client } = await start();
    const seen = new Recording(client.notes.room('nowhere').messages$);
    await seen.ended();
    expect(seen.error).toMatchObject({ name: 'Fault', code: 'room.not_found' });
  });

  it('tries again when the refusal will pass', async () => {
    const { server, client } = await start();
    server.refuse = () => errorBody('rate.limited', true);
    const seen = new Recording(client.notes.room('b1').messages$);
    await inRoom(server, 2);
    server.refuse = undefined;
    await seen.until(({ length }) => length === 1);
    expect(texts(seen)).toEqual(['[old]']);
  });

  it('can be opened again after it ended', async () => {
    const { server, book, client } = await start();
    const room = client.notes.room('b1');
    const seen = new Recording(room.messages$);
    await seen.until(({ length }) => length === 1);
    server.publish(book, 'book_closed', {});
    await seen.ended();
    const again = new Recording(room.messages$);
    await again.until(({ length }) => length === 1);
    expect(texts(again)).toEqual(['[old]']);
  });

  it('gives each event once after five reconnects', async () => {
    const { server, book, client } = await start();
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    for (let round = 1; round <= 5; round++) {
      server.cut();
      await inRoom(server, 1 + round);
    }
    server.publish(book, 'note_added', { text: 'a' });
    server.publish(book, 'note_added', { text: 'b' });
    await seen.until(({ length }) => length >= 3);
    expect(texts(seen)).toEqual(['[old]', 'a', 'b']);
    const { duplicatesDropped, gapsHealed, reconnects, events } = client.realtime.stats();
    expect({ duplicatesDropped, gapsHealed }).toEqual({ duplicatesDropped: 0, gapsHealed: 0 });
    expect(events[wire]! <= 2 && reconnects >= 1).toBe(true);
  });
});

describe('a state room', () => {
  const start = async () => {
    const server = await startServer();
    const gauge = server.rooms.open(meter, 'm1', { value: 0 });
    return { server, gauge, client: page(server.url) };
  };

  it('takes a jump for what it is, and drops what is older', async () => {
    const { server, gauge, client } = await start();
    const seen = new Recording(client.meter.room('m1').fold((_, { payload }) => payload));
    await seen.until(({ length }) => length === 1);
    server.rooms.append(gauge, 'level', { value: 1 });
    server.publish(gauge, 'level', { value: 2 });
    server.send(gauge, gauge.log[0]!);
    server.publish(gauge, 'level', { value: 3 });
    await seen.until(({ length }) => length === 3);
    expect(seen.values).toEqual([{ value: 0 }, { value: 2 }, { value: 3 }]);
    expect(server.joins).toHaveLength(1);
  });

  it('gives a late subscriber the latest value', async () => {
    const { server, gauge, client } = await start();
    const early = new Recording(client.meter.room('m1').messages$);
    await early.until(({ length }) => length === 1);
    server.publish(gauge, 'level', { value: 2 });
    await early.until(({ length }) => length === 2);
    const late = new Recording(client.meter.room('m1').snapshots$);
    expect(late.values).toEqual([{ value: 2 }]);
  });

  it('completes at once when the snapshot is its end', async () => {
    const { gauge, client } = await start();
    gauge.snapshot = { value: 9, done: true };
    const seen = new Recording(client.meter.room('m1').snapshots$);
    await seen.ended();
    expect(seen.values).toEqual([{ value: 9, done: true }]);
    expect(seen.completed).toBe(true);
  });
});

it('a room says who is there: as its join was answered, after each change, and nothing twice', async () => {
  const { realtime, transport } = fakeRealtime(notes);
  const wire = transport(notes);
  const here = (...users: string[]) => ({ members: users.length, users });
  const reply = { recovered: false, epoch: 'e', offset: 0, snapshot: { texts: [] } };
  wire.admit = () => ({ ...reply, ...here('ann', 'bob') });
  const room = new ServiceClient(realtime, notes).room('b1');
  const seen = new Recording(room.presence$);
  await seen.until(({ length }) => length === 1);
  const tell = (change: Omit<PresenceChange, 'room'>) =>
    wire.emit('b1', { event: 'presence_changed', payload: { room: 'book_b1', ...change } });
  tell({ joined: ['cay'], left: [], members: 3 });
  tell({ joined: ['cay'], left: [], members: 3 });
  tell({ joined: [], left: ['ann'], members: 2 });
  wire.rooms.get('b1')!.joined('socketio', { ...reply, ...here('bob', 'cay') });
  tell({ members: 101 });
  tell({ joined: ['bob', 'cay'], left: ['dan'], members: 2 });
  expect(seen.values).toMatchObject([
    here('ann', 'bob'),
    here('ann', 'bob', 'cay'),
    here('bob', 'cay'),
    { members: 101, users: [] },
    here('bob', 'cay'),
  ]);
  expect(new Recording(room.presence$).values).toMatchObject([here('bob', 'cay')]);
  realtime.close();
});
