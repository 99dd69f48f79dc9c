import type { RealtimeConfig } from '@switchyard/contract';
import { notes, type NotesTypes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import { Realtime } from '../realtime/realtime.js';
import type { RealtimeOptions } from '../realtime/realtime.options.js';
import { ServiceClient } from '../service/service.client.js';
import { FakeTransport } from '../testing/index.js';

const at = (offset: number, epoch = 'e1') => ({ epoch, offset });

/** A service with the fallbacks `stream` and `polling`, of which `missing` cannot be used. */
const start = async (...missing: string[]) => begin({}, ...missing);

/** The same with options of the page. */
const begin = async (options: RealtimeOptions, ...missing: string[]) => {
  const services = { notes: { wire: 'socketio', stage: 'socketio', namespace: '/notes', poll_path: '' } } as const;
  const config: RealtimeConfig = { version: '1.0', server_time: '', features: {}, limits: {}, services };
  const made: FakeTransport[] = [];
  const realtime = new Realtime({
    ...options,
    url: 'http://localhost',
    config,
    fallbacks: ['stream', 'polling'],
    transports: (name) => {
      if (missing.includes(name)) return undefined;
      const wire = new FakeTransport(name);
      wire.admit = () => ({ recovered: false, ...at(1), snapshot: { texts: ['first'] } });
      // A wire of this test connects on the test's command.
      if (name === 'stream') wire.connect = () => undefined;
      made.push(wire);
      return wire;
    },
  });
  const client = new ServiceClient<NotesTypes>(realtime, notes);
  const states = new Recording(client.state$);
  const seen = new Recording(client.room('a').messages$);
  await states.until((all) => all.at(-1) === 'subscribed');
  const find = (name: string) => made.findLast(({ wire }) => wire === name)!;
  const connect = (wire: FakeTransport) => FakeTransport.prototype.connect.call(wire);
  const texts = () =>
    seen.values.map((message) =>
      'snapshot' in message ? message.snapshot.texts : 'event' in message && message.payload,
    );
  return { realtime, client, states, texts, made, find, connect, own: find('socketio') };
};
const note = (text: string, offset: number, epoch = 'e1') => ({
  event: 'note_added',
  payload: { text },
  position: at(offset, epoch),
});

it('the client uses the second fallback once the first fails, and closes it when the first serves every room', async () => {
  const { realtime, states, made, find, connect, own } = await start();
  own.lose(3);
  const stream = find('stream');
  expect(states.values.at(-1)).toBe('reconnecting');
  stream.lose(1);
  expect(made.map(({ wire }) => wire)).toEqual(['socketio', 'stream', 'polling']);
  expect(states.values.at(-1)).toBe('polling');
  connect(stream);
  expect(states.values.at(-1)).toBe('subscribed');
  expect(find('polling').state$.value.status).toBe('closed');
  expect(realtime.stats().wires).toEqual({ notes: 'stream' });
  realtime.close();
});

it('the client uses a fallback after three refused attempts, or after one that took all its time', async () => {
  for (const [connectMs, failures] of [
    [60_000, 3],
    [0, 1],
  ] as const) {
    const { realtime, made, own } = await begin({ timeouts: { connectMs } });
    own.lose();
    own.lose(failures - 1);
    expect(made.map(({ wire }) => wire)).toEqual(['socketio']);
    own.lose(failures);
    expect(made.map(({ wire }) => wire)).toEqual(['socketio', 'stream']);
    realtime.close();
  }
});

it('the client’s own wire tries rarely while a fallback serves, and often when nothing does', async () => {
  const { realtime, find, connect, own } = await start('polling');
  const eased: boolean[] = [];
  Object.assign(own, { ease: (isServed: boolean) => eased.push(isServed) });
  own.lose(3);
  expect(eased.at(-1)).toBe(false);
  connect(find('stream'));
  expect(eased.at(-1)).toBe(true);
  find('stream').lose(1);
  expect(eased.at(-1)).toBe(false);
  realtime.close();
});

it('the client does not use the second fallback while the first has lost a connection and no attempt has failed', async () => {
  const { realtime, states, made, find, connect, own } = await start();
  own.lose(3);
  connect(find('stream'));
  find('stream').lose();
  expect(made).toHaveLength(2);
  expect(states.values.at(-1)).toBe('reconnecting');
  realtime.close();
});

it('the client adds no fallback while the service’s own wire is connected and joins its rooms', async () => {
  const { realtime, states, made, find, own } = await start();
  own.lose(3);
  own.admit = () => undefined;
  own.connect();
  find('stream').lose(1);
  expect(made.map(({ wire }) => wire)).toEqual(['socketio', 'stream']);
  expect(states.values.at(-1)).toBe('connected');
  own.rooms.get('a')!.joined('socketio', { recovered: true, events: [], ...at(1) });
  expect(states.values.slice(-3)).toEqual(['reconnecting', 'connected', 'subscribed']);
  expect(find('stream').state$.value.status).toBe('closed');
  realtime.close();
});

it('the client passes over a fallback that it cannot use', async () => {
  const { realtime, states, made, own } = await start('stream');
  own.lose(3);
  expect(made.map(({ wire }) => wire)).toEqual(['socketio', 'polling']);
  expect(states.values.at(-1)).toBe('polling');
  realtime.close();
});

it('the client closes every fallback when the service’s own wire serves every room again', async () => {
  const { realtime, states, made, find, own } = await start();
  own.lose(3);
  find('stream').lose(1);
  own.connect();
  expect(made.map(({ state$ }) => state$.value.status)).toEqual(['connected', 'closed', 'closed']);
  expect(states.values.at(-1)).toBe('subscribed');
  realtime.close();
});

it('the client continues on the first fallback also when the second was the last to bring a snapshot', async () => {
  const { realtime, states, texts, find, connect, own } = await start();
  own.lose(3);
  const stream = find('stream');
  stream.lose(1);
  const polling = find('polling');
  const [room] = polling.rooms.values();
  stream.admit = () => undefined;
  connect(stream);
  // The server was restarted while the stream's answer was on its way.
  room!.joining('polling');
  room!.joined('polling', { recovered: false, ...at(5, 'e2'), snapshot: { texts: ['second'] } });
  stream.admit = () => ({ recovered: true, events: [], ...at(5, 'e2') });
  stream.rooms.get('a')!.joined('stream', { recovered: true, events: [], ...at(1) });
  expect(states.values.at(-1)).toBe('subscribed');
  stream.emit('a', note('next', 6, 'e2'));
  expect(texts()).toEqual([['first'], ['second'], { text: 'next' }]);
  realtime.close();
});

it('the client makes calls on the first connected fallback, and holds none back', async () => {
  const { realtime, client, find, connect, own } = await start();
  own.lose(3);
  const stream = find('stream');
  connect(stream);
  await client.call('add_note', { book_id: 'a', text: 'x' });
  expect(stream.calls).toHaveLength(1);
  stream.lose(1);
  await client.call('add_note', { book_id: 'a', text: 'y' });
  expect(find('polling').calls).toHaveLength(1);
  realtime.close();
});
