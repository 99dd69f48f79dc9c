import type { Wire } from '@switchyard/contract';
import { useStandIn } from '../../test/fixture.js';
import { notes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import { errorBody } from '../../test/stand-in.rooms.js';

const { server: startServer, page, repeatedly } = useStandIn();

const start = async (wire: Wire = 'socketio') => {
  const server = await startServer();
  server.wire = wire;
  const book = server.rooms.open(notes, 'b1', { texts: [] });
  const client = page(server.url);
  const added = new Recording(client.notes.room('b1').on('note_added'));
  const states = new Recording(client.notes.state$);
  return { server, book, client, added, states, texts: () => added.values.map(({ text }) => text) };
};

it('connects on first use, and then says how far it is', async () => {
  const server = await startServer();
  server.rooms.open(notes, 'b1', { texts: [] });
  const client = page(server.url);
  const states = new Recording(client.notes.state$);
  expect(states.values).toEqual(['idle']);
  const room = new Recording(client.notes.room('b1').messages$);
  await states.until((all) => all.at(-1) === 'subscribed');
  room.stop();
  expect(states.values).toEqual(['idle', 'initializing', 'connected', 'subscribed', 'connected']);
});

it('can make a call without any room', async () => {
  const server = await startServer();
  const client = page(server.url);
  await client.notes.call('add_note', { book_id: 'b1', text: 'a' });
  expect(client.realtime.stats().wires).toEqual({ notes: 'socketio' });
});

describe.each<Wire>(['socketio', 'legacy'])('when %s is away', (wire) => {
  it('polls after three failed attempts, and stops when the wire is back, without losing, repeating or reordering', async () => {
    const { server, book, client, states, added, texts } = await start(wire);
    await states.until((all) => all.at(-1) === 'subscribed');
    server.publish(book, 'note_added', { text: 'a' });
    await added.until(({ length }) => length === 1);

    server.blocked = true;
    server.cut();
    await states.until((all) => all.at(-1) === 'polling');
    server.publish(book, 'note_added', { text: 'b' });
    server.publish(book, 'note_added', { text: 'c' });
    await added.until(({ length }) => length === 3);
    expect(client.realtime.stats()).toMatchObject({ wires: { notes: 'polling' }, events: { polling: 2 } });
    await client.notes.call('add_note', { book_id: 'b1', text: 'over HTTP' });
    expect(server.calls).toHaveLength(1);
    expect(server.attempts).toBeGreaterThanOrEqual(3);

    server.blocked = false;
    const stop = repeatedly(() => server.publish(book, 'note_added', { text: 'more' }));
    await states.until((all) => all.at(-1) === 'subscribed');
    stop();
    server.publish(book, 'note_added', { text: 'd' });
    await added.until((all) => all.at(-1)!.text === 'd');
    expect(texts()).toEqual(book.log.map(({ payload }) => (payload as { text: string }).text));
    const { polls } = server;
    expect(client.realtime.stats().wires).toEqual({ notes: wire });
    await client.notes.call('add_note', { book_id: 'b1', text: 'e' });
    // One may have been on its way.
    expect(server.polls).toBeLessThanOrEqual(polls + 1);
  });

  it('comes back to the wire by itself, however long it takes', async () => {
    const { server, book, states, added, texts } = await start(wire);
    await states.until((all) => all.at(-1) === 'subscribed');
    await server.close();
    await states.until((all) => all.at(-1) === 'reconnecting');
    server.rooms.append(book, 'note_added', { text: 'a' });
    await server.listen();
    await states.until((all) => all.at(-1) === 'subscribed');
    await added.until(({ length }) => length === 1);
    expect(texts()).toEqual(['a']);
  });
});

it('asks for all rooms of all services in one request', async () => {
  const { server, client, states } = await start();
  await states.until((all) => all.at(-1) === 'subscribed');
  server.rooms.open(notes, 'b2', { texts: [] });
  const gauge = server.meter('m1', 1);
  const other = new Recording(client.notes.room('b2').messages$);
  const level = new Recording(client.meter.room('m1').snapshots$);
  await other.until(({ length }) => length === 1);
  await level.until(({ length }) => length === 1);
  server.blocked = true;
  server.cut();
  const all = new Recording(client.realtime.state$);
  await all.until((seen) => seen.at(-1) === 'polling');
  server.publish(gauge, 'level', { value: 2 });
  await server.until(() => server.lastPoll.length === 3);
  expect(server.lastPoll.sort()).toEqual(['meter/m1', 'notes/b1', 'notes/b2']);
});

it('ends when polls are refused for good', async () => {
  const { server, states, added } = await start('legacy');
  await states.until((all) => all.at(-1) === 'subscribed');
  server.refusePolls = errorBody('auth.revoked');
  server.blocked = true;
  server.cut();
  await added.ended();
  expect(added.error).toMatchObject({ code: 'auth.revoked' });
  expect(states.values.at(-1)).toBe('disconnected');
});

it('does not say that it polls before a poll is answered, though it asks again and again', async () => {
  const server = await startServer();
  server.rooms.open(notes, 'b1', { texts: [] });
  let polls = 0;
  let asked: () => void = () => undefined;
  const client = page(server.url, {
    fetch: (input, init) => {
      if ((input as string).includes('/realtime/rooms')) polls += 1;
      asked();
      return fetch(input, init);
    },
  });
  const states = new Recording(client.notes.state$);
  new Recording(client.notes.room('b1').messages$);
  await states.until((all) => all.at(-1) === 'subscribed');
  await server.close();
  while (polls < 3) await new Promise<void>((resolve) => (asked = resolve));
  expect(states.values.slice(-1)).toEqual(['reconnecting']);
  expect(states.values).not.toContain('polling');
  expect(client.realtime.stats().wires).toEqual({ notes: 'socketio' });
  server.blocked = true;
  await server.listen();
  await states.until((all) => all.at(-1) === 'polling');
  expect(client.realtime.stats().wires).toEqual({ notes: 'polling' });
  await server.close();
  await states.until((all) => all.at(-1) === 'reconnecting');
});

it('says that it polls also while there is no room to poll', async () => {
  const server = await startServer();
  server.blocked = true;
  const client = page(server.url);
  const states = new Recording(client.notes.state$);
  await client.notes.call('add_note', { book_id: 'b1', text: 'over HTTP' });
  await states.until((all) => all.at(-1) === 'polling');
});

it('learns while its wire is away which one to use, and goes there', async () => {
  const { server, book, client, states, added, texts } = await start();
  await states.until((all) => all.at(-1) === 'subscribed');
  const announced = new Recording(client.notes.control$);
  server.blocked = true;
  server.wire = 'legacy';
  server.cut();
  await announced.until(({ length }) => length === 1);
  expect(announced.values).toMatchObject([{ event: 'transport_switch', payload: { service: 'notes', to: 'legacy' } }]);
  server.publish(book, 'note_added', { text: 'a' });
  server.blocked = false;
  await states.until((all) => all.at(-1) === 'subscribed');
  await added.until(({ length }) => length === 1);
  expect(texts()).toEqual(['a']);
  expect(client.realtime.stats().wires).toEqual({ notes: 'legacy' });
  expect(announced.values).toHaveLength(1);
});

describe.each<[Wire, Wire]>([
  ['legacy', 'socketio'],
  ['socketio', 'legacy'],
])('moving from %s to %s', (from, to) => {
  it('joins there before it leaves, and nothing is lost, repeated or reordered', async () => {
    const { server, book, client, states, added, texts } = await start(from);
    await states.until((all) => all.at(-1) === 'subscribed');
    const stop = repeatedly(() => server.publish(book, 'note_added', { text: String(book.offset) }));
    await added.until(({ length }) => length > 3);
    await client.notes.connection.switchTo(to);
    await server.until(() => server.leaves.length === 1);
    const { length } = added.values;
    await added.until((all) => all.length > length + 3);
    stop();
    await added.until((all) => all.length === book.offset);
    expect(texts()).toEqual(book.log.map(({ payload }) => (payload as { text: string }).text));
    expect(client.realtime.stats().wires).toEqual({ notes: to });
  });

  it('holds calls back meanwhile and sends those again that got no answer', async () => {
    const { server, client, states } = await start(from);
    await states.until((all) => all.at(-1) === 'subscribed');
    const { answer } = server;
    server.answer = (request) => setTimeout(() => answer(request), 20);
    const before = client.notes.call('add_note', { book_id: 'b1', text: 'before' });
    await server.until(() => server.calls.length === 1);
    const moved = client.notes.connection.switchTo(to);
    const during = client.notes.call('add_note', { book_id: 'b1', text: 'during' });
    await Promise.all([before, during, moved]);
    expect(server.calls.map(({ payload }) => payload.text)).toEqual(['before', 'during']);
  });

  it('stays when the new wire refuses', async () => {
    const { server, book, client, states, added } = await start(from);
    await states.until((all) => all.at(-1) === 'subscribed');
    server.refuse = () => errorBody('room.forbidden');
    await expect(client.notes.connection.switchTo(to)).rejects.toMatchObject({ code: 'room.forbidden' });
    server.publish(book, 'note_added', { text: 'a' });
    await added.until(({ length }) => length === 1);
    expect(client.realtime.stats().wires).toEqual({ notes: from });
  });
});

it('gives up a move when it is asked for another', async () => {
  const { client, states } = await start('legacy');
  await states.until((all) => all.at(-1) === 'subscribed');
  const first = client.notes.connection.switchTo('socketio');
  const second = client.notes.connection.switchTo('legacy');
  await expect(first).rejects.toMatchObject({ code: 'wire.lost' });
  await second;
  expect(client.realtime.stats().wires).toEqual({ notes: 'legacy' });
});

it('can be asked to move, and back, and to move again, all at once', async () => {
  const { server, book, client, states, added } = await start('legacy');
  await states.until((all) => all.at(-1) === 'subscribed');
  const { connection } = client.notes;
  const moves = [connection.switchTo('socketio'), connection.switchTo('legacy'), connection.switchTo('socketio')];
  await Promise.allSettled(moves);
  await moves[2];
  server.publish(book, 'note_added', { text: 'a' });
  await added.until(({ length }) => length === 1);
  expect(client.realtime.stats().wires).toEqual({ notes: 'socketio' });
});

it('disturbs no other service when it is asked to move, and back, and to move again', async () => {
  const { server, client, states } = await start('legacy');
  server.meter('m1', 1);
  new Recording(client.meter.room('m1').messages$);
  const others = new Recording(client.meter.state$);
  await others.until((all) => all.at(-1) === 'subscribed');
  await states.until((all) => all.at(-1) === 'subscribed');
  const before = others.values.length;
  const { connection } = client.notes;
  const moves = [connection.switchTo('socketio'), connection.switchTo('legacy'), connection.switchTo('socketio')];
  await Promise.allSettled(moves);
  await moves[2];
  // Were the connection ended, this would be answered on another one.
  await client.notes.call('add_note', { book_id: 'b1', text: 'a' });
  expect(others.values).toHaveLength(before);
  expect(client.realtime.stats()).toMatchObject({ wires: { notes: 'socketio', meter: 'socketio' }, reconnects: 0 });
});

it('moves when a service is closed on its wire', async () => {
  const server = await startServer();
  server.rooms.open(notes, 'b1', { texts: ['x'] });
  server.refuse = (_, wire) => (wire === 'socketio' ? errorBody('service.closed', true, { to: 'legacy' }) : undefined);
  const client = page(server.url);
  const announced = new Recording(client.notes.control$);
  const states = new Recording(client.notes.state$);
  const seen = new Recording(client.notes.room('b1').snapshots$);
  await states.until((all) => all.at(-1) === 'subscribed');
  expect(seen.values).toEqual([{ texts: ['x'] }]);
  expect(announced.values).toMatchObject([{ event: 'transport_switch', payload: { to: 'legacy' } }]);
  expect(client.realtime.stats().wires).toEqual({ notes: 'legacy' });
});

it.each([
  ['refuses its connections', false],
  ['says so, and ends them for good', true],
])('moves when the wire %s because the service is elsewhere', async (_how, isLater) => {
  const { server, book, client, states, added } = await start();
  await states.until((all) => all.at(-1) === 'subscribed');
  const retired = errorBody('service.retired', false, { to: 'legacy' });
  if (isLater) {
    server.announce(notes, 'service_error', retired);
    server.evict(notes);
  } else {
    server.turnAway = () => retired;
    server.cut();
  }
  await states.until(() => client.realtime.stats().wires.notes === 'legacy' && states.values.at(-1) === 'subscribed');
  server.publish(book, 'note_added', { text: 'a' });
  await added.until(({ length }) => length === 1);
  expect([added.completed, added.error]).toEqual([false, undefined]);
});

it('stays on a wire that refused nothing when the configuration no longer names the service', async () => {
  const { server, book, states, added } = await start();
  await states.until((all) => all.at(-1) === 'subscribed');
  server.unlisted = 'notes';
  const { length } = server.requests;
  server.cut();
  await server.until(() => server.requests.length > length + 1);
  server.publish(book, 'note_added', { text: 'a' });
  await added.until((all) => all.length === 1);
  expect(added.error).toBeUndefined();
});

it('fails rooms and calls of a service the server does not have', async () => {
  const server = await startServer();
  server.unlisted = 'notes';
  const client = page(server.url);
  const seen = new Recording(client.notes.room('b1').messages$);
  await seen.ended();
  expect(seen.error).toMatchObject({ code: 'service.unknown' });
  await expect(client.notes.call('add_note', { book_id: 'b', text: '' })).rejects.toMatchObject({
    code: 'service.unknown',
  });
});
