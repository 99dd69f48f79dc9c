import type { RealtimeConfig } from '@switchyard/contract';
import { until } from '../../../../../test/harness/until.js';
import { useNotes, usePages } from '../../../test/fixture.js';
import { Recording } from '../../../test/recording.js';
import { ScriptedServer } from '../../../test/scripted.server.js';
import type { LegacySocketClass } from '../../transport/legacy.socket.js';
import { legacyUrl } from './legacy.url.js';

const { server, page } = useNotes();
const { page: pageOf } = usePages();
const closing: ScriptedServer[] = [];
afterEach(() => Promise.all(closing.splice(0).map((one) => one.close())));

const start = async (options: Parameters<typeof page>[0] = {}) => {
  await server().use('legacy');
  server().book('b1', ['old']);
  const client = page(options);
  const seen = new Recording(client.notes.room('b1').messages$);
  return { upgrades: server().upgrades, client, seen };
};

it('the old wire asks for positions and names its client in the address', async () => {
  const { upgrades, client, seen } = await start({ token: 'secret' });
  await seen.until(({ length }) => length === 1);
  const query = new URL(upgrades.at(-1)!, 'http://localhost').searchParams;
  expect(Object.fromEntries(query)).toEqual({
    switchyard: '1',
    sy_room: 'book_b1',
    client_id: client.realtime.clientId,
    sdk: '0.1.0',
    token: 'secret',
  });
});

describe('an old wire without `alive` frames', () => {
  const script = async () => {
    const scripted = await ScriptedServer.start('legacy');
    closing.push(scripted);
    scripted.answer = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot: { texts: ['old'] } });
    const client = pageOf(scripted.url);
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    return { scripted, client, seen };
  };

  it('counts as dead when it is silent for two heartbeats', async () => {
    const { scripted, seen } = await script();
    scripted.answer = () => ({ recovered: true, epoch: 'e', offset: 0, events: [] });
    await until('a second join', () => scripted.joins.length === 2);
    expect(scripted.joins[1]).toEqual({ epoch: 'e', offset: 0 });
    scripted.emit('note_added', { text: 'a' }, { epoch: 'e', offset: 1 });
    await seen.until(({ length }) => length === 2);
    expect(seen.values[1]).toMatchObject({ kind: 'event', payload: { text: 'a' } });
  });

  it('is kept while it shows signs of life', async () => {
    let longest = Infinity;
    // A blocked server is silent too; such a trial shows nothing and is repeated.
    while (longest > 200) {
      const { scripted, client } = await script();
      const began = performance.now();
      longest = 0;
      for (let last = began; last - began < 600;) {
        scripted.sendOld({ type: 'heartbeat' });
        await (await fetch(scripted.url)).text();
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      }
      if (longest <= 200) expect(scripted.joins).toHaveLength(1);
      client.realtime.close();
    }
  });

  it('is read through its codec when its frames have no positions', async () => {
    const scripted = await ScriptedServer.start('legacy');
    closing.push(scripted);
    scripted.welcome = { type: 'notes', data: ['old'] };
    const client = pageOf(scripted.url);
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    scripted.sendOld({ type: 'heartbeat' });
    scripted.sendOld({ type: 'note', data: { text: 'a' } });
    await seen.until(({ length }) => length === 2);
    expect(seen.values).toEqual([
      { kind: 'snapshot', snapshot: { texts: ['old'] } },
      { kind: 'event', event: 'note_added', payload: { text: 'a' } },
    ]);
    scripted.cut();
    await seen.until(({ length }) => length === 3);
    expect(seen.values[2]).toEqual({ kind: 'snapshot', snapshot: { texts: ['old'] } });
    expect(client.realtime.stats().reconnects).toBe(1);
  });

  it('passes on announcements', async () => {
    const { scripted, client } = await script();
    const announced = new Recording(client.notes.control$);
    scripted.announce('transport_switch', { service: 'notes', to: 'socketio', reason: 'canary', within_ms: 0 });
    await announced.until(({ length }) => length === 1);
    expect(announced.values[0]).toMatchObject({ event: 'transport_switch', payload: { to: 'socketio' } });
  });
});

it('a service without an address for the old wire is in its namespace, though the server names the old wire', async () => {
  server().meters.levels.set('m1', { value: 1 });
  const config = (await (await fetch(`${server().http.url}/realtime/config`)).json()) as RealtimeConfig;
  const services = { ...config.services, meter: { ...config.services.meter!, wire: 'legacy' } };
  const client = page({ config: { ...config, services } });
  const level = new Recording(client.meter.room('m1').snapshots$);
  await level.until(({ length }) => length === 1);
  expect(client.realtime.stats().wires).toEqual({ meter: 'socketio' });
});

it('a page whose WebSockets are all blocked polls', async () => {
  class Forbidden {
    constructor() {
      throw new Error('blocked by the page’s policy');
    }
  }
  const { seen, client } = await start({
    WebSocket: Forbidden as unknown as LegacySocketClass,
    fallbacks: ['polling'],
  });
  await seen.until(({ length }) => length === 1);
  expect(client.realtime.stats().wires).toEqual({ notes: 'polling' });
});

it('the address has the room in its path where there is a place for it, else in its query', () => {
  expect(legacyUrl('http://h', '/a/:id/ws', { id: 'x:y' }, { since: 'e:1', token: undefined })).toBe(
    'ws://h/a/x%3Ay/ws?switchyard=1&since=e%3A1',
  );
  expect(legacyUrl('https://h/base', '/logs', { id: 'x' }, {})).toBe('wss://h/base/logs?switchyard=1&id=x');
});
