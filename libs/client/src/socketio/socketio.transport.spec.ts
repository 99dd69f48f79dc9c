import { useStandIn } from '../../test/fixture.js';
import { meter, notes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import { errorBody } from '../../test/stand-in.rooms.js';

const { server: startServer, page } = useStandIn();

const start = async (options: Parameters<typeof page>[1] = {}) => {
  const server = await startServer();
  const book = server.rooms.open(notes, 'b1', { texts: [] });
  const client = page(server.url, options);
  const seen = new Recording(client.notes.room('b1').messages$);
  return { server, book, client, seen };
};

it('opens one WebSocket for all namespaces, and says who it is', async () => {
  const { server, client, seen } = await start({ token: 'secret' });
  server.meter('m1', 0);
  await seen.until(({ length }) => length === 1);
  const level = new Recording(client.meter.room('m1').snapshots$);
  await level.until(({ length }) => length === 1);
  expect(server.engineTransports).toEqual(['websocket']);
  expect(server.handshakes).toHaveLength(2);
  expect(server.handshakes[0]).toEqual({ client_id: client.realtime.clientId, sdk: '0.1.0', token: 'secret' });
});

it('falls back to long polling where no WebSocket gets through', async () => {
  const server = await startServer();
  server.rooms.open(notes, 'b1', { texts: [] });
  server.upgradesBlocked = true;
  const client = page(server.url);
  const seen = new Recording(client.notes.room('b1').messages$);
  await seen.until(({ length }) => length === 1);
  expect(server.engineTransports).toEqual(['polling']);
  expect(client.realtime.stats().wires).toEqual({ notes: 'socketio' });
});

it('asks for a token again when the one it has is refused', async () => {
  const server = await startServer();
  server.rooms.open(notes, 'b1', { texts: [] });
  const tokens = ['old', 'new'];
  server.turnAway = ({ token }) => (token === 'old' ? errorBody('auth.expired', true) : undefined);
  const client = page(server.url, { token: () => Promise.resolve(tokens[Math.min(server.handshakes.length, 1)]) });
  const seen = new Recording(client.notes.room('b1').messages$);
  await seen.until(({ length }) => length === 1);
  expect(server.handshakes.map(({ token }) => token)).toEqual(['old', 'new']);
});

it('gives up for good when its token is refused for good', async () => {
  const server = await startServer();
  server.turnAway = () => errorBody('auth.invalid');
  const client = page(server.url, { token: 'wrong' });
  const states = new Recording(client.notes.state$);
  const seen = new Recording(client.notes.room('b1').messages$);
  const reply = client.notes.call('add_note', { book_id: 'b1', text: '' });
  await expect(reply).rejects.toMatchObject({ code: 'auth.invalid' });
  await seen.ended();
  expect(seen.error).toMatchObject({ code: 'auth.invalid' });
  expect(states.values.at(-1)).toBe('disconnected');
  await expect(client.notes.call('add_note', { book_id: 'b1', text: '' })).rejects.toMatchObject({
    code: 'auth.invalid',
  });
});

it('does not come back after an eviction, and says why it was evicted', async () => {
  const { server, seen } = await start();
  await seen.until(({ length }) => length === 1);
  server.announce(notes, 'service_error', errorBody('connection.limit'));
  server.evict(notes);
  await seen.ended();
  expect(seen.error).toMatchObject({ code: 'connection.limit' });
  expect(server.joins).toHaveLength(1);
});

it('renews its token on the open connection when told that it ends', async () => {
  let issued = 0;
  const { server, seen } = await start({ token: () => `token ${++issued}` });
  await seen.until(({ length }) => length === 1);
  server.announce(notes, 'auth_expiring', { expires_in_ms: 1000 });
  await server.until(() => server.calls.length === 1);
  expect(server.calls[0]).toMatchObject({ name: 'reauthenticate', payload: { token: `token ${issued}` } });
});

it('passes announcements on', async () => {
  const { server, client, seen } = await start();
  await seen.until(({ length }) => length === 1);
  const announced = new Recording(client.realtime.control$);
  server.announce(notes, 'transport_switch', { service: 'notes', to: 'legacy', reason: 'canary' });
  await announced.until(({ length }) => length === 1);
  expect(announced.values).toEqual([
    { event: 'transport_switch', payload: { service: 'notes', to: 'legacy', reason: 'canary' } },
  ]);
});

it('asks again when the answer to a join does not come', async () => {
  const server = await startServer();
  server.rooms.open(meter, 'm1', { value: 1 });
  server.deaf = true;
  const client = page(server.url, { timeouts: { joinMs: 40 } });
  const seen = new Recording(client.meter.room('m1').snapshots$);
  await server.until(() => server.joins.length === 2);
  server.deaf = false;
  await seen.until(({ length }) => length === 1);
});
