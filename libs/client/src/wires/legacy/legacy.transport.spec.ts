import { useStandIn } from '../../../test/fixture.js';
import { notes } from '../../../test/notes.contract.js';
import { Recording } from '../../../test/recording.js';
import type { LegacySocketClass } from '../../transport/legacy.socket.js';
import { legacyUrl } from './legacy.url.js';

const { server: startServer, page } = useStandIn();

const start = async (options: Parameters<typeof page>[1] = {}, plain = false) => {
  const server = await startServer();
  server.wire = 'legacy';
  server.old.plain = plain;
  const book = server.rooms.open(notes, 'b1', { texts: ['old'] });
  const client = page(server.url, options);
  const seen = new Recording(client.notes.room('b1').messages$);
  return { server, book, client, seen };
};

it('asks for positions and says who it is in the address', async () => {
  const { server, client, seen } = await start({ token: 'secret' });
  await seen.until(({ length }) => length === 1);
  const query = new URL(server.old.lastUpgrade, server.url).searchParams;
  expect(Object.fromEntries(query)).toEqual({ switchyard: '1', client_id: client.realtime.clientId, token: 'secret' });
});

it('takes a peer that stays silent for two heartbeats for dead', async () => {
  const { server, book, seen } = await start();
  await seen.until(({ length }) => length === 1);
  await server.until(() => server.joins.length === 2);
  server.publish(book, 'note_added', { text: 'a' });
  await seen.until(({ length }) => length === 2);
});

it('stays with a peer that shows signs of life', async () => {
  let longest = Infinity;
  // A server that is held up itself is silent: then nothing is shown, and it is tried again.
  while (longest > 200) {
    const { server, client, seen } = await start();
    await seen.until(({ length }) => length === 1);
    const began = performance.now();
    longest = 0;
    for (let last = began; last - began < 600;) {
      server.old.beat();
      await client.notes.call('add_note', { book_id: 'b1', text: '' });
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }
    if (longest <= 200) expect(server.joins).toHaveLength(1);
    client.realtime.close();
  }
});

it('reads an old wire that knows nothing of positions through its codec', async () => {
  const { server, book, client, seen } = await start({}, true);
  await seen.until(({ length }) => length === 1);
  server.old.beat();
  server.publish(book, 'note_added', { text: 'a' });
  await seen.until(({ length }) => length === 2);
  expect(seen.values).toEqual([
    { kind: 'snapshot', snapshot: { texts: ['old'] } },
    { kind: 'event', event: 'note_added', payload: { text: 'a' } },
  ]);
  server.cut();
  await seen.until(({ length }) => length === 3);
  expect(seen.values[2]).toEqual({ kind: 'snapshot', snapshot: { texts: ['old'] } });
  expect(client.realtime.stats().reconnects).toBe(1);
});

it('passes announcements on', async () => {
  const { server, client, seen } = await start();
  await seen.until(({ length }) => length === 1);
  const announced = new Recording(client.notes.control$);
  server.announce(notes, 'transport_switch', { service: 'notes', to: 'socketio', reason: 'canary' });
  await announced.until(({ length }) => length === 1);
  expect(announced.values[0]).toMatchObject({ event: 'transport_switch', payload: { to: 'socketio' } });
});

it('uses the namespace where it has no WebSocket or no address for the old wire', async () => {
  const server = await startServer();
  server.wire = 'legacy';
  server.meter('m1', 1);
  const client = page(server.url);
  const level = new Recording(client.meter.room('m1').snapshots$);
  await level.until(({ length }) => length === 1);
  expect(client.realtime.stats().wires).toEqual({ meter: 'socketio' });
});

it('is polled where the page may open no WebSocket', async () => {
  class Forbidden {
    constructor() {
      throw new Error('blocked by the page’s policy');
    }
  }
  const { seen, client } = await start({ WebSocket: Forbidden as unknown as LegacySocketClass });
  await seen.until(({ length }) => length === 1);
  expect(client.realtime.stats().wires).toEqual({ notes: 'polling' });
});

it('puts the room into the path where it has a place there, else into the query', () => {
  expect(legacyUrl('http://h', '/a/:id/ws', { id: 'x:y' }, { since: 'e:1', token: undefined })).toBe(
    'ws://h/a/x%3Ay/ws?switchyard=1&since=e%3A1',
  );
  expect(legacyUrl('https://h/base', '/logs', { id: 'x' }, {})).toBe('wss://h/base/logs?switchyard=1&id=x');
});
