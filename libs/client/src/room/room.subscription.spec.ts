import { Fault, type PresenceChange } from '@switchyard/contract';
import { notes, meter, type NotesTypes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import { until } from '../../../../test/harness/until.js';
import { useNotes, usePages } from '../../test/fixture.js';
import { ScriptedServer } from '../../test/scripted.server.js';
import { ServiceClient } from '../service/service.client.js';
import { fakeRealtime } from '../testing/index.js';
import type { RoomMessage } from './room.message.js';

const { server, page } = useNotes();
const { page: pageOf } = usePages();

/** A message in one word: the texts of a snapshot or of an event. */
function said(message: RoomMessage<NotesTypes>): string {
  if (message.kind === 'snapshot') return `[${message.snapshot.texts.join()}]`;
  return message.kind === 'event' && message.event === 'note_added' ? message.payload.text : message.kind;
}

/** The snapshot of a book that holds more notes than its room keeps. */
const whole = `[${['old', ...Array.from({ length: notes.keep }, (_, n) => n)].join()}]`;

const texts = (recording: Recording<RoomMessage<NotesTypes>>) => recording.values.map(said);

const closing: ScriptedServer[] = [];
afterEach(() => Promise.all(closing.splice(0).map((one) => one.close())));

describe.each(['socketio', 'legacy'] as const)('a room on %s', (wire) => {
  const start = async () => {
    await server().use(wire);
    server().book('b1', ['old']);
    return { server: server(), client: page() };
  };
  const inRoom = (count: number) => server().until(() => server().joins.length >= count);
  /** A page on a server that a test controls. */
  const script = async () => {
    const scripted = await ScriptedServer.start(wire);
    closing.push(scripted);
    scripted.answer = () => ({ recovered: false, epoch: 'e1', offset: 0, snapshot: { texts: ['old'] } });
    const client = pageOf(scripted.url);
    return { scripted, client, seen: new Recording(client.notes.room('b1').messages$) };
  };

  it('delivers the snapshot, then each event', async () => {
    const { server, client } = await start();
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    void server.gateway.note('b1', 'a');
    void server.gateway.note('b1', 'b');
    await seen.until(({ length }) => length === 3);
    expect(texts(seen)).toEqual(['[old]', 'a', 'b']);
  });

  it('is joined once by two subscribers and left by the last', async () => {
    const { server, client } = await start();
    const room = client.notes.room('b1');
    const first = new Recording(room.messages$);
    const second = new Recording(room.messages$);
    await second.until(({ length }) => length === 1);
    void server.gateway.note('b1', 'a');
    await first.until(({ length }) => length === 2);
    await second.until(({ length }) => length === 2);
    expect(server.joins).toHaveLength(1);
    first.stop();
    void server.gateway.note('b1', 'b');
    await second.until(({ length }) => length === 3);
    expect(server.leaves).toEqual([]);
    expect(texts(first)).toEqual(['[old]', 'a']);
    second.stop();
    await server.until(() => server.leaves.length === 1);
  });

  it('gives a late subscriber the snapshot and all events since, without joining again', async () => {
    const { server, client } = await start();
    const early = new Recording(client.notes.room('b1').messages$);
    await early.until(({ length }) => length === 1);
    void server.gateway.note('b1', 'a');
    await early.until(({ length }) => length === 2);
    const late = new Recording(client.notes.room('b1').messages$);
    expect(texts(late)).toEqual(['[old]', 'a']);
    expect(server.joins).toHaveLength(1);
  });

  it('gives a late subscriber a fresh snapshot once there were more events than the room keeps', async () => {
    const { server, client } = await start();
    const early = new Recording(client.notes.room('b1').messages$);
    await early.until(({ length }) => length === 1);
    for (let n = 0; n < notes.keep; n++) void server.gateway.note('b1', String(n));
    await early.until(({ length }) => length === 1 + notes.keep);
    const late = new Recording(client.notes.room('b1').messages$);
    await late.until(({ length }) => length === 1);
    expect(texts(late)).toEqual([whole]);
  });

  it('gives a fresh snapshot to a late subscriber that came while the connection was away', async () => {
    const { server } = await start();
    const client = page({ polling: { afterAttempts: 1000 } });
    const early = new Recording(client.notes.room('b1').messages$);
    await early.until(({ length }) => length === 1);
    for (let n = 0; n < notes.keep; n++) void server.gateway.note('b1', String(n));
    await early.until(({ length }) => length === 1 + notes.keep);
    server.leave();
    const states = new Recording(client.notes.state$);
    await states.until((all) => all.at(-1) === 'reconnecting');
    const late = new Recording(client.notes.room('b1').messages$);
    server.return();
    await late.until(({ length }) => length === 1);
    expect(texts(late)).toEqual([whole]);
    void server.gateway.note('b1', 'next');
    await late.until(({ length }) => length === 2);
    expect(texts(early).slice(-2)).toEqual([whole, 'next']);
  });

  it('resumes at its position after the connection was cut', async () => {
    const { server, client } = await start();
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    const { epoch, offset } = (await server.gateway.note('b1', 'a'))!;
    await seen.until(({ length }) => length === 2);
    server.cut();
    void server.gateway.note('b1', 'b');
    void server.gateway.note('b1', 'c');
    await seen.until(({ length }) => length === 4);
    expect(texts(seen)).toEqual(['[old]', 'a', 'b', 'c']);
    expect(server.joins[1]).toMatchObject({ wire, since: { epoch, offset } });
    expect(client.realtime.stats()).toMatchObject({ reconnects: 1, wires: { notes: wire } });
  });

  it('resumes after a restart that began a new epoch', async () => {
    const { scripted, seen } = await script();
    await seen.until(({ length }) => length === 1);
    scripted.emit('note_added', { text: 'a' }, { epoch: 'e1', offset: 1 });
    await seen.until(({ length }) => length === 2);
    const missed = { event: 'note_added', payload: { text: 'b' }, epoch: 'e2', offset: 2 };
    scripted.answer = () => ({ recovered: true, epoch: 'e2', offset: 2, events: [missed] });
    scripted.cut();
    await seen.until(({ length }) => length === 3);
    scripted.emit('note_added', { text: 'c' }, { epoch: 'e2', offset: 3 });
    await seen.until(({ length }) => length === 4);
    expect(texts(seen)).toEqual(['[old]', 'a', 'b', 'c']);
    expect(scripted.joins).toEqual([undefined, { epoch: 'e1', offset: 1 }]);
  });

  it('restarts from a snapshot when the server no longer has its position', async () => {
    const { server, client } = await start();
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    void server.gateway.note('b1', 'a');
    await seen.until(({ length }) => length === 2);
    void server.gateway.rewrite('b1', 'new');
    await seen.until(({ length }) => length === 3);
    expect(texts(seen)).toEqual(['[old]', 'a', '[new]']);
  });

  it('fills a gap by asking for the missing events', async () => {
    const { scripted, client, seen } = await script();
    await seen.until(({ length }) => length === 1);
    const missed = ['lost', 'b'].map((text, n) => ({
      event: 'note_added',
      payload: { text },
      epoch: 'e1',
      offset: n + 1,
    }));
    scripted.answer = () => ({ recovered: true, epoch: 'e1', offset: 2, events: missed });
    scripted.emit('note_added', { text: 'b' }, { epoch: 'e1', offset: 2 });
    await seen.until(({ length }) => length === 3);
    scripted.emit('note_added', { text: 'c' }, { epoch: 'e1', offset: 3 });
    await seen.until(({ length }) => length === 4);
    expect(texts(seen)).toEqual(['[old]', 'lost', 'b', 'c']);
    expect(scripted.joins).toEqual([undefined, { epoch: 'e1', offset: 0 }]);
    expect(client.realtime.stats().gapsHealed).toBe(1);
  });

  it('drops an event that it has already delivered', async () => {
    const { scripted, client, seen } = await script();
    await seen.until(({ length }) => length === 1);
    for (const [text, offset] of [
      ['a', 1],
      ['a', 1],
      ['b', 2],
    ] as const) {
      scripted.emit('note_added', { text }, { epoch: 'e1', offset });
    }
    await seen.until(({ length }) => length === 3);
    expect(texts(seen)).toEqual(['[old]', 'a', 'b']);
    expect(client.realtime.stats().duplicatesDropped).toBe(1);
  });

  it('passes volatile events and presence without touching the position', async () => {
    const { scripted, client, seen } = await script();
    await seen.until(({ length }) => length === 1);
    scripted.emit('typing', { user: 'u' });
    scripted.emit('presence_changed', { room: 'book_b1', joined: ['u', 'v'], left: [], members: 2 });
    scripted.emit('note_added', { text: 'a' }, { epoch: 'e1', offset: 1 });
    await seen.until(({ length }) => length === 4);
    expect(seen.values.slice(1).map(({ kind }) => kind)).toEqual(['event', 'presence', 'event']);
    const late = new Recording(client.notes.room('b1').messages$);
    expect(late.values.map(({ kind }) => kind)).toEqual(['snapshot', 'event', 'presence']);
  });

  it('completes with its terminal event, and the client leaves it', async () => {
    const { server, client } = await start();
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    void server.gateway.end('b1');
    await seen.ended();
    expect(seen.completed).toBe(true);
    expect(texts(seen)).toEqual(['[old]', 'event']);
    await server.until(() => server.leaves.length === 1);
  });

  it('fails with the code of the server’s refusal', async () => {
    const { client } = await start();
    const seen = new Recording(client.notes.room('nowhere').messages$);
    await seen.ended();
    expect(seen.error).toMatchObject({ name: 'Fault', code: 'room.not_found' });
  });

  it('is joined again after a refusal that passes', async () => {
    const { server, client } = await start();
    server.refuse = () => new Fault('rate.limited', { retry_after_ms: 1 });
    const seen = new Recording(client.notes.room('b1').messages$);
    await inRoom(2);
    server.refuse = undefined;
    await seen.until(({ length }) => length === 1);
    expect(texts(seen)).toEqual(['[old]']);
  });

  it('can be opened again after it ended', async () => {
    const { server, client } = await start();
    const room = client.notes.room('b1');
    const seen = new Recording(room.messages$);
    await seen.until(({ length }) => length === 1);
    void server.gateway.end('b1');
    await seen.ended();
    const again = new Recording(room.messages$);
    await again.until(({ length }) => length === 1);
    expect(texts(again)).toEqual(['[old]']);
  });

  it('gives each event once after five reconnects', async () => {
    const { server, client } = await start();
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    for (let round = 1; round <= 5; round++) {
      server.cut();
      // The server may see the join earlier, but a cut before the page is connected counts as a failed attempt.
      await until('the reconnect', () => client.realtime.stats().reconnects === round);
    }
    void server.gateway.note('b1', 'a');
    void server.gateway.note('b1', 'b');
    await seen.until(({ length }) => length >= 3);
    expect(texts(seen)).toEqual(['[old]', 'a', 'b']);
    const { duplicatesDropped, gapsHealed, reconnects, events } = client.realtime.stats();
    expect({ duplicatesDropped, gapsHealed }).toEqual({ duplicatesDropped: 0, gapsHealed: 0 });
    expect(reconnects).toBe(5);
    expect(events[wire]).toBeLessThanOrEqual(2);
  });
});

describe('a state room', () => {
  it('accepts a newer value though values between are missing, and drops an older one', async () => {
    const { realtime, transport } = fakeRealtime(meter);
    const wire = transport(meter);
    const asked: string[] = [];
    wire.admit = (key) => {
      asked.push(key);
      return { recovered: false, epoch: 'e', offset: 0, snapshot: { value: 0 } };
    };
    const room = new ServiceClient(realtime, meter).room('m1');
    const seen = new Recording(room.fold((_, { payload }) => payload));
    await wire.joined('m1');
    for (const value of [2, 1, 3]) {
      wire.emit('m1', { event: 'level', payload: { value }, position: { epoch: 'e', offset: value } });
    }
    expect(seen.values).toEqual([{ value: 0 }, { value: 2 }, { value: 3 }]);
    expect(asked).toEqual(['m1']);
    realtime.close();
  });

  it('gives a late subscriber the latest value', async () => {
    server().meters.levels.set('m1', { value: 0 });
    const client = page();
    const early = new Recording(client.meter.room('m1').messages$);
    await early.until(({ length }) => length === 1);
    void server().meters.level('m1', 2);
    await early.until(({ length }) => length === 2);
    const late = new Recording(client.meter.room('m1').snapshots$);
    expect(late.values).toEqual([{ value: 2 }]);
  });

  it('completes at once when the snapshot is final', async () => {
    server().meters.levels.set('m1', { value: 9, done: true });
    const seen = new Recording(page().meter.room('m1').snapshots$);
    await seen.ended();
    expect(seen.values).toEqual([{ value: 9, done: true }]);
    expect(seen.completed).toBe(true);
  });
});

it('a room reports who is there after its join and after each change, and nothing twice', async () => {
  const { realtime, transport } = fakeRealtime(notes);
  const wire = transport(notes);
  const here = (...users: string[]) => ({ members: users.length, users });
  const reply = { recovered: false, epoch: 'e', offset: 0, snapshot: { texts: [] } };
  wire.admit = () => ({ ...reply, ...here('ann', 'bob') });
  const room = new ServiceClient(realtime, notes).room('b1');
  const seen = new Recording(room.presence$);
  await seen.until(({ length }) => length === 1);
  const changePresence = (change: Omit<PresenceChange, 'room'>) =>
    wire.emit('b1', { event: 'presence_changed', payload: { room: 'book_b1', ...change } });
  changePresence({ joined: ['cay'], left: [], members: 3 });
  changePresence({ joined: ['cay'], left: [], members: 3 });
  changePresence({ joined: [], left: ['ann'], members: 2 });
  wire.rooms.get('b1')!.joined('socketio', { ...reply, ...here('bob', 'cay') });
  changePresence({ members: 101 });
  changePresence({ joined: ['bob', 'cay'], left: ['dan'], members: 2 });
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

it('a subscriber that comes while a replay is delivered gets a snapshot, and all others each event', async () => {
  const { realtime, transport } = fakeRealtime(notes);
  const wire = transport(notes);
  const length = notes.keep + 1;
  const note = (offset: number) => ({ event: 'note_added', payload: { text: `${offset}` }, epoch: 'e', offset });
  const snapshot = (offset: number) => ({
    recovered: false,
    epoch: 'e',
    offset,
    snapshot: { texts: [`to ${offset}`] },
  });
  wire.admit = () => snapshot(0);
  const room = new ServiceClient(realtime, notes).room('b1');
  const early = new Recording(room.messages$);
  let late: Recording<RoomMessage<NotesTypes>> | undefined;
  const subscription = room.on('note_added').subscribe(({ text }) => {
    if (text === `${length + 1}`) late = new Recording(room.messages$);
  });
  await wire.joined('b1');
  for (let offset = 1; offset <= length; offset += 1) {
    wire.emit('b1', { event: 'note_added', payload: note(offset).payload, position: { epoch: 'e', offset } });
  }
  wire.admit = () => undefined;
  const sink = wire.rooms.get('b1')!;
  const after = early.values.length;
  sink.joining('socketio');
  sink.joined('socketio', {
    recovered: true,
    epoch: 'e',
    offset: length + 2,
    events: [note(length + 1), note(length + 2)],
  });
  sink.joined('socketio', snapshot(length + 2));
  subscription.unsubscribe();
  expect(texts(early).slice(after)).toEqual([`${length + 1}`, `[to ${length + 2}]`]);
  expect(texts(late!)).toEqual([`[to ${length + 2}]`]);
  realtime.close();
});
