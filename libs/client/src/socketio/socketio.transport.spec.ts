import { Fault, type RealtimeConfig } from '@switchyard/contract';
import { PathProxy, type ProxiedRequest } from '../../../../test/harness/path.proxy.js';
import { until } from '../../../../test/harness/until.js';
import { useNotes, usePages } from '../../test/fixture.js';
import { Recording } from '../../test/recording.js';
import { ScriptedServer } from '../../test/scripted.server.js';

const { server, page } = useNotes();
const { page: pageOf } = usePages();

const start = (options: Parameters<typeof page>[0] = {}) => {
  server().book('b1');
  const client = page(options);
  return { server: server(), client, seen: new Recording(client.notes.room('b1').messages$) };
};

it('the page opens one WebSocket for all namespaces, and sends its client id', async () => {
  const { server, client, seen } = start({ token: 'secret' });
  server.meters.levels.set('m1', { value: 0 });
  await seen.until(({ length }) => length === 1);
  const level = new Recording(client.meter.room('m1').snapshots$);
  await level.until(({ length }) => length === 1);
  expect(server.engineTransports).toEqual(['websocket']);
  expect(server.handshakes).toHaveLength(2);
  expect(server.handshakes[0]).toEqual({ client_id: client.realtime.clientId, sdk: '0.1.0', token: 'secret' });
});

it('the page falls back to long polling where no WebSocket gets through', async () => {
  server().upgradesBlocked = true;
  const { server: blocked, client, seen } = start();
  await seen.until(({ length }) => length === 1);
  expect(blocked.engineTransports).toEqual(['polling']);
  expect(client.realtime.stats().wires).toEqual({ notes: 'socketio' });
});

it('the page that had a WebSocket tries long polling too at every third attempt', async () => {
  const { port } = new URL(server().url);
  const tried: string[] = [];
  const note = ({ path }: ProxiedRequest) => void (isSocketio(path) && tried.push(new URL(path, 'ws://a').search));
  const isSocketio = (path: string) => path.startsWith('/socket.io/');
  const proxy = await PathProxy.to(Number(port), isSocketio, note);
  server().book('b1');
  const { notes } = pageOf(proxy.url);
  const seen = new Recording(notes.room('b1').messages$);
  await seen.until(({ length }) => length === 1);
  tried.length = 0;
  proxy.kill('refuse');
  await until('five attempts', () => tried.length >= 5);
  const transports = tried.map((query) => new URLSearchParams(query).get('transport'));
  expect(transports.slice(0, 5)).toEqual(['websocket', 'websocket', 'websocket', 'polling', 'websocket']);
  await proxy.close();
});

it('the page asks for another token when its token is refused', async () => {
  // The configuration is known, so that the namespace refuses the token first.
  const config = (await (await fetch(`${server().http.url}/realtime/config`)).json()) as RealtimeConfig;
  server().turnAway = (token) => (token === 'ann#old' ? new Fault('auth.expired') : undefined);
  const spent: unknown[] = [];
  const { server: after, seen } = start({
    config,
    token: (refused) => {
      if (refused !== undefined) spent.push(refused);
      return spent.length === 0 ? 'ann#old' : 'ann#new';
    },
  });
  await seen.until(({ length }) => length === 1);
  expect(spent).toEqual(['ann#old']);
  // A page of another test may still have had a request on its way, without a token as this test's own.
  expect(after.tokens.filter((token) => token !== undefined)).toEqual(['ann#old', 'ann#new']);
  expect(after.handshakes).toMatchObject([{ token: 'ann#new' }]);
});

it('the page gives up when its token is refused for good', async () => {
  server().turnAway = () => new Fault('auth.invalid');
  const client = page({ token: 'wrong' });
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

it('an evicted client does not reconnect, and reports the reason', async () => {
  const { server, seen } = start({ token: 'ann' });
  await seen.until(({ length }) => length === 1);
  const other = page({ token: 'ann' });
  const others = new Recording(other.meter.state$);
  server.meters.levels.set('m1', { value: 0 });
  new Recording(other.meter.room('m1').messages$);
  await others.until((all) => all.at(-1) === 'subscribed');
  await seen.ended();
  expect(seen.error).toMatchObject({ code: 'connection.limit' });
  expect(server.joins.filter(({ room }) => room === 'book_b1')).toHaveLength(1);
});

it('the page renews its token on the open connection before the token ends', async () => {
  let issued = 0;
  server().tokenLife_ms = 1000;
  const { server: asking, seen } = start({ token: () => `ann#${++issued}` });
  await seen.until(({ length }) => length === 1);
  const shown = issued;
  await asking.until(() => asking.tokens.includes(`ann#${shown + 1}`));
  await asking.until(() => asking.tokens.includes(`ann#${shown + 2}`));
  expect(asking.handshakes).toHaveLength(1);
  expect(asking.joins).toHaveLength(1);
});

it('the page receives announcements', async () => {
  const scripted = await ScriptedServer.start('socketio');
  const client = pageOf(scripted.url);
  const seen = new Recording(client.notes.room('b1').messages$);
  scripted.answer = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot: { texts: [] } });
  await seen.until(({ length }) => length === 1);
  const announced = new Recording(client.realtime.control$);
  scripted.announce('transport_switch', { service: 'notes', to: 'legacy', reason: 'canary', within_ms: 0 });
  await announced.until(({ length }) => length === 1);
  expect(announced.values).toEqual([
    { event: 'transport_switch', payload: { service: 'notes', to: 'legacy', reason: 'canary', within_ms: 0 } },
  ]);
  client.realtime.close();
  await scripted.close();
});

it('a room joins again when its join is not answered', async () => {
  let admit = (): void => undefined;
  server().admission = new Promise((resolve) => (admit = resolve));
  const { server: deaf, seen } = start({ timeouts: { joinMs: 40 } });
  await deaf.until(() => deaf.joins.length === 2);
  admit();
  await seen.until(({ length }) => length === 1);
});
