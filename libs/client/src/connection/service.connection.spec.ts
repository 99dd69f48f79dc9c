import { Fault, type RealtimeConfig } from '@switchyard/contract';
import { useNotes, usePages } from '../../test/fixture.js';
import { Recording } from '../../test/recording.js';
import { ScriptedServer } from '../../test/scripted.server.js';
import type { RealtimeOptions } from '../realtime/realtime.options.js';

const { server: running, page, repeatedly } = useNotes();
const { page: pageOf } = usePages();

const start = async (wire: 'socketio' | 'legacy' = 'socketio', options: RealtimeOptions = {}) => {
  const server = running();
  await server.use(wire);
  server.book('b1');
  const client = page({ fallbacks: ['polling'], ...options });
  const added = new Recording(client.notes.room('b1').on('note_added'));
  const states = new Recording(client.notes.state$);
  const written = () => server.gateway.books.get('b1')!;
  return { server, client, added, states, written, texts: () => added.values.map(({ text }) => text) };
};

it('the connection connects on first use and reports each state', async () => {
  running().book('b1');
  const client = page();
  const states = new Recording(client.notes.state$);
  expect(states.values).toEqual(['idle']);
  const room = new Recording(client.notes.room('b1').messages$);
  await states.until((all) => all.at(-1) === 'subscribed');
  room.stop();
  expect(states.values).toEqual(['idle', 'initializing', 'connected', 'subscribed', 'connected']);
});

it('the connection makes a call without any room', async () => {
  const client = page();
  await client.notes.call('add_note', { book_id: 'b1', text: 'a' });
  expect(client.realtime.stats().wires).toEqual({ notes: 'socketio' });
});

describe.each(['socketio', 'legacy'] as const)('when %s is away', (wire) => {
  it('the page polls after three failed attempts until the wire is back, without losing, repeating or reordering', async () => {
    const { server, client, states, added, texts, written } = await start(wire);
    const { refused } = server.sockets;
    await states.until((all) => all.at(-1) === 'subscribed');
    void server.gateway.note('b1', 'a');
    await added.until(({ length }) => length === 1);

    server.block();
    await states.until((all) => all.at(-1) === 'polling');
    void server.gateway.note('b1', 'b');
    void server.gateway.note('b1', 'c');
    await added.until(({ length }) => length === 3);
    expect(client.realtime.stats()).toMatchObject({ wires: { notes: 'polling' }, events: { polling: 2 } });
    await client.notes.call('add_note', { book_id: 'b1', text: 'over HTTP' });
    expect(server.calls).toHaveLength(1);
    expect(server.sockets.refused).toBeGreaterThanOrEqual(refused + 3);

    server.return();
    const stop = repeatedly(() => server.gateway.note('b1', 'more'));
    await states.until((all) => all.at(-1) === 'subscribed');
    stop();
    void server.gateway.note('b1', 'd');
    await added.until((all) => all.at(-1)!.text === 'd');
    expect(texts()).toEqual(written());
    const { polls } = server;
    expect(client.realtime.stats().wires).toEqual({ notes: wire });
    await client.notes.call('add_note', { book_id: 'b1', text: 'e' });
    // One poll may have been on its way.
    expect(server.polls).toBeLessThanOrEqual(polls + 1);
  });

  it('the page returns to the wire by itself, however long the wire was away', async () => {
    const { server, states, added, texts } = await start(wire);
    await states.until((all) => all.at(-1) === 'subscribed');
    server.leave();
    await states.until((all) => all.at(-1) === 'reconnecting');
    void server.gateway.note('b1', 'a');
    server.return();
    await states.until((all) => all.at(-1) === 'subscribed');
    await added.until(({ length }) => length === 1);
    expect(texts()).toEqual(['a']);
  });
});

it('the page polls all rooms of all services in one request', async () => {
  const { server, client, states } = await start();
  await states.until((all) => all.at(-1) === 'subscribed');
  server.book('b2');
  server.meters.levels.set('m1', { value: 1 });
  const other = new Recording(client.notes.room('b2').messages$);
  const level = new Recording(client.meter.room('m1').snapshots$);
  await other.until(({ length }) => length === 1);
  await level.until(({ length }) => length === 1);
  server.block();
  const all = new Recording(client.realtime.state$);
  await all.until((seen) => seen.at(-1) === 'polling');
  void server.meters.level('m1', 2);
  await server.until(() => server.lastPoll.length === 3);
  expect(server.lastPoll.sort()).toEqual(['meter/m1', 'notes/b1', 'notes/b2']);
});

it('the connection ends when polls are refused for good', async () => {
  const { server, states, added } = await start('legacy');
  await states.until((all) => all.at(-1) === 'subscribed');
  server.turnAway = () => new Fault('auth.revoked');
  server.block();
  await added.ended();
  expect(added.error).toMatchObject({ code: 'auth.revoked' });
  expect(states.values.at(-1)).toBe('disconnected');
});

it('the connection reports polling only once a poll was answered', async () => {
  const server = running();
  server.book('b1');
  let polls = 0;
  const client = page({
    fallbacks: ['polling'],
    fetch: (input, init) => {
      if ((input as string).includes('/realtime/rooms')) polls += 1;
      return fetch((input as string).replace(server.url, server.http.url), init);
    },
  });
  const states = new Recording(client.notes.state$);
  new Recording(client.notes.room('b1').messages$);
  await states.until((all) => all.at(-1) === 'subscribed');
  server.leave();
  await server.until(() => polls >= 3);
  expect(states.values.slice(-1)).toEqual(['reconnecting']);
  expect(states.values).not.toContain('polling');
  expect(client.realtime.stats().wires).toEqual({ notes: 'socketio' });
  server.http.accept();
  await states.until((all) => all.at(-1) === 'polling');
  expect(client.realtime.stats().wires).toEqual({ notes: 'polling' });
  server.leave();
  await states.until((all) => all.at(-1) === 'reconnecting');
});

it('the connection reports polling even while it has no room to poll', async () => {
  running().block();
  const client = page({ fallbacks: ['polling'] });
  const states = new Recording(client.notes.state$);
  await client.notes.call('add_note', { book_id: 'b1', text: 'over HTTP' });
  await states.until((all) => all.at(-1) === 'polling');
});

it('the connection learns from polls that its service has moved, and follows it', async () => {
  const { server, client, states, added, texts } = await start();
  await states.until((all) => all.at(-1) === 'subscribed');
  const announced = new Recording(client.notes.control$);
  await server.use('legacy');
  server.block();
  await announced.until(({ length }) => length === 1);
  expect(announced.values).toMatchObject([{ event: 'transport_switch', payload: { service: 'notes', to: 'legacy' } }]);
  void server.gateway.note('b1', 'a');
  server.return();
  await states.until((all) => all.at(-1) === 'subscribed');
  await added.until(({ length }) => length === 1);
  expect(texts()).toEqual(['a']);
  expect(client.realtime.stats().wires).toEqual({ notes: 'legacy' });
  expect(announced.values).toHaveLength(1);
});

describe.each<['socketio' | 'legacy', 'socketio' | 'legacy']>([
  ['legacy', 'socketio'],
  ['socketio', 'legacy'],
])('moving from %s to %s', (from, to) => {
  it('joins the new wire before it leaves the old one, and nothing is lost, repeated or reordered', async () => {
    const { server, client, states, added, texts, written } = await start(from, { wire: from });
    await states.until((all) => all.at(-1) === 'subscribed');
    const stop = repeatedly(() => server.gateway.note('b1', String(written().length)));
    await added.until(({ length }) => length > 3);
    await client.notes.connection.switchTo(to);
    await server.until(() => server.leaves.length === 1);
    const { length } = added.values;
    await added.until((all) => all.length > length + 3);
    stop();
    await added.until((all) => all.length === written().length);
    expect(texts()).toEqual(written());
    expect(client.realtime.stats().wires).toEqual({ notes: to });
  });

  it('holds calls back while the move waits for the replies to others', async () => {
    const { server, client, states, written } = await start(from, { wire: from });
    await states.until((all) => all.at(-1) === 'subscribed');
    const release = server.hold();
    const before = client.notes.call('add_note', { book_id: 'b1', text: 'before' });
    await server.until(() => server.calls.length === 1);
    const moved = client.notes.connection.switchTo(to);
    const stop = repeatedly(() => server.gateway.note('b1', String(written().length)));
    // The new wire serves the room.
    await server.until(() => client.realtime.stats().events[to]! > 1);
    stop();
    const during = client.notes.call('add_note', { book_id: 'b1', text: 'during' });
    const texts = () => server.calls.map(({ payload }) => payload.text);
    // The call had time to arrive.
    await fetch(`${server.http.url}/realtime/config`);
    expect(texts()).not.toContain('during');
    release();
    await Promise.all([before, during, moved]);
    expect(texts()).toEqual(['before', 'during']);
  });

  it('goes on with calls on the old wire until the new one serves the rooms', async () => {
    const { server, client, states } = await start(from, { wire: from });
    await states.until((all) => all.at(-1) === 'subscribed');
    let admit = (): void => undefined;
    server.admission = new Promise((resolve) => (admit = resolve));
    const moved = client.notes.connection.switchTo(to);
    await server.until(() => server.joins.at(-1)?.wire === to);
    await client.notes.call('add_note', { book_id: 'b1', text: 'during' });
    expect(client.realtime.stats().wires).toEqual({ notes: from });
    admit();
    await moved;
    await client.notes.call('add_note', { book_id: 'b1', text: 'after' });
    expect(server.calls.map(({ payload }) => payload.text)).toEqual(['during', 'after']);
  });

  it('follows an announcement while events and calls stream, without a change of its state', async () => {
    const { server, client, states, added, texts, written } = await start(from);
    await states.until((all) => all.at(-1) === 'subscribed');
    const { length } = states.values;
    const asked = server.requests.length;
    const replies: Promise<unknown>[] = [];
    const stop = repeatedly(() => {
      const text = String(replies.length);
      if (replies.length < 200) replies.push(client.notes.call('add_note', { book_id: 'b1', text }));
      return server.gateway.note('b1', `event ${written().length}`);
    });
    await added.until((all) => all.length > 3);
    await server.use(to);
    await server.until(() => client.realtime.stats().wires.notes === to);
    const heard = added.values.length;
    await added.until((all) => all.length > heard + 3);
    stop();
    await Promise.all(replies);
    await added.until((all) => all.length === written().length);
    expect(texts()).toEqual(written());
    expect(server.calls.map(({ payload }) => payload.text)).toEqual(replies.map((_, number) => String(number)));
    expect(states.values).toHaveLength(length);
    expect(client.realtime.stats()).toMatchObject({ moves: { made: 1, failed: 0 }, reconnects: 0 });
    expect(server.requests.slice(asked).filter((url) => url.includes('/config'))).toEqual([]);
  });

  it('is cancelled when the new wire refuses the rooms', async () => {
    const { server, client, states, added } = await start(from, { wire: from });
    await states.until((all) => all.at(-1) === 'subscribed');
    server.refuse = () => new Fault('room.forbidden');
    await expect(client.notes.connection.switchTo(to)).rejects.toMatchObject({ code: 'room.forbidden' });
    void server.gateway.note('b1', 'a');
    await added.until(({ length }) => length === 1);
    expect(client.realtime.stats().wires).toEqual({ notes: from });
  });
});

it('the connection gives up a move when another is requested', async () => {
  const { client, states } = await start('legacy', { wire: 'legacy' });
  await states.until((all) => all.at(-1) === 'subscribed');
  const first = client.notes.connection.switchTo('socketio');
  const second = client.notes.connection.switchTo('legacy');
  await expect(first).rejects.toMatchObject({ code: 'wire.lost' });
  await second;
  expect(client.realtime.stats().wires).toEqual({ notes: 'legacy' });
});

it('the connection ends on the last of three moves requested at once', async () => {
  const { server, client, states, added } = await start('legacy', { wire: 'legacy' });
  await states.until((all) => all.at(-1) === 'subscribed');
  const { connection } = client.notes;
  const moves = [connection.switchTo('socketio'), connection.switchTo('legacy'), connection.switchTo('socketio')];
  await Promise.allSettled(moves);
  await moves[2];
  void server.gateway.note('b1', 'a');
  await added.until(({ length }) => length === 1);
  expect(client.realtime.stats().wires).toEqual({ notes: 'socketio' });
});

it('the connection disturbs no other service when three moves are requested at once', async () => {
  const { server, client, states } = await start('legacy', { wire: 'legacy' });
  server.meters.levels.set('m1', { value: 1 });
  new Recording(client.meter.room('m1').messages$);
  const others = new Recording(client.meter.state$);
  await others.until((all) => all.at(-1) === 'subscribed');
  await states.until((all) => all.at(-1) === 'subscribed');
  const before = others.values.length;
  const { connection } = client.notes;
  const moves = [connection.switchTo('socketio'), connection.switchTo('legacy'), connection.switchTo('socketio')];
  await Promise.allSettled(moves);
  await moves[2];
  // If the connection had ended, another one would carry the answer.
  await client.notes.call('add_note', { book_id: 'b1', text: 'a' });
  expect(others.values).toHaveLength(before);
  expect(client.realtime.stats()).toMatchObject({ wires: { notes: 'socketio', meter: 'socketio' }, reconnects: 0 });
});

it('the connection ends on the last of many announcements, and nothing is lost, repeated or reordered', async () => {
  const { server, client, states, added, texts, written } = await start();
  await states.until((all) => all.at(-1) === 'subscribed');
  const { length } = states.values;
  const stop = repeatedly(() => server.gateway.note('b1', String(written().length)));
  for (let turn = 0; turn < 25; turn += 1) {
    const heard = added.values.length;
    await server.use(turn % 2 === 0 ? 'legacy' : 'socketio');
    // From none to ten events pass before the next announcement.
    await added.until((all) => all.length >= heard + (turn % 11));
  }
  await server.until(() => client.realtime.stats().wires.notes === 'legacy');
  const heard = added.values.length;
  await added.until((all) => all.length > heard + 3);
  stop();
  await added.until((all) => all.length === written().length);
  expect(texts()).toEqual(written());
  expect(states.values).toHaveLength(length);
  expect(client.realtime.stats()).toMatchObject({ wires: { notes: 'legacy' }, moves: { failed: 0 }, reconnects: 0 });
});

it('the connection moves when its service is closed on the wire', async () => {
  const { server, client, states } = await start();
  server.book('b2', ['x']);
  await states.until((all) => all.at(-1) === 'subscribed');
  const announced = new Recording(client.notes.control$);
  await server.use('socketio', true);
  const seen = new Recording(client.notes.room('b2').snapshots$);
  await announced.until(({ length }) => length === 1);
  await server.until(() => client.realtime.stats().wires.notes === 'legacy');
  await states.until((all) => all.at(-1) === 'subscribed');
  await seen.until(({ length }) => length === 1);
  expect(seen.values).toEqual([{ texts: ['x'] }]);
  expect(announced.values).toMatchObject([{ event: 'transport_switch', payload: { to: 'legacy' } }]);
  expect(client.realtime.stats().wires).toEqual({ notes: 'legacy' });
});

it.each([
  ['refuses its connections', false],
  ['reports the move and closes its connections for good', true],
])('the connection moves when the wire %s because the service has moved', async (_how, isLater) => {
  const scripted = await ScriptedServer.start('socketio');
  scripted.answer = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot: { texts: [] } });
  const client = pageOf(scripted.url);
  const states = new Recording(client.notes.state$);
  const added = new Recording(client.notes.room('b1').on('note_added'));
  await states.until((all) => all.at(-1) === 'subscribed');
  const retired = new Fault('service.retired', { to: 'legacy' });
  if (isLater) {
    scripted.announce('service_error', retired.toBody());
    scripted.evict();
  } else {
    scripted.turnAway = retired;
    scripted.cut();
  }
  await states.until(() => client.realtime.stats().wires.notes === 'legacy' && states.values.at(-1) === 'subscribed');
  scripted.emit('note_added', { text: 'a' }, { epoch: 'e', offset: 1 });
  await added.until(({ length }) => length === 1);
  expect([added.completed, added.error]).toEqual([false, undefined]);
  client.realtime.close();
  await scripted.close();
});

describe('a server that does not name the service', () => {
  /** The configuration of a server that is older than the service. */
  const unlisted = async (...request: Parameters<typeof fetch>) => {
    const { services, ...config } = (await (await fetch(...request)).json()) as RealtimeConfig;
    return Response.json({ ...config, services: { meter: services.meter } });
  };
  const throughHttp = (input: Parameters<typeof fetch>[0]) =>
    (input as string).replace(running().url, running().http.url);

  it('does not move the service off a wire that refused nothing', async () => {
    running().book('b1');
    let isListed = true;
    let asked = 0;
    const client = page({
      fetch: (input, init) => {
        if (isListed || !(input as string).includes('/realtime/config')) return fetch(throughHttp(input), init);
        asked += 1;
        return unlisted(throughHttp(input), init);
      },
    });
    const states = new Recording(client.notes.state$);
    const added = new Recording(client.notes.room('b1').on('note_added'));
    await states.until((all) => all.at(-1) === 'subscribed');
    isListed = false;
    running().cut();
    await running().until(() => asked > 1);
    void running().gateway.note('b1', 'a');
    await added.until((all) => all.length === 1);
    expect(added.error).toBeUndefined();
  });

  it('makes rooms and calls of the service fail', async () => {
    const client = page({ fetch: (input, init) => unlisted(throughHttp(input), init) });
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.ended();
    expect(seen.error).toMatchObject({ code: 'service.unknown' });
    await expect(client.notes.call('add_note', { book_id: 'b', text: '' })).rejects.toMatchObject({
      code: 'service.unknown',
    });
  });
});
