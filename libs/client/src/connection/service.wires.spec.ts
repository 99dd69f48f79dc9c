import { Fault, RemoteFault, type RealtimeConfig, type Reply, type WireName } from '@switchyard/contract';
import { notes, type NotesTypes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import { Realtime } from '../realtime/realtime.js';
import { ServiceClient } from '../service/service.client.js';
import { FakeTransport } from '../testing/index.js';

const at = (offset: number, epoch = 'e1') => ({ epoch, offset });
const brought = (offset: number, epoch = 'e1') => ({
  ...at(offset, epoch),
  recovered: false,
  snapshot: { texts: [`${epoch}:${offset}`] },
});

/**
 * A service whose wires a test controls; each is created as often as needed, and the last one is `wires[name]`. `missing`
 * is a wire that this client cannot use.
 */
const start = (missing?: WireName) => {
  const made: FakeTransport[] = [];
  const wires = {} as Record<'socketio' | 'legacy' | 'polling', FakeTransport>;
  const answers = {} as Partial<Record<WireName, (wire: FakeTransport) => void>>;
  const services = { notes: { wire: 'socketio', stage: 'socketio', namespace: '/notes', poll_path: '' } } as const;
  const config: RealtimeConfig = { version: '1.0', server_time: '', features: {}, limits: {}, services };
  const realtime = new Realtime({
    url: 'http://localhost',
    config,
    fallbacks: ['polling'],
    reconnect: { minMs: 1, maxMs: 2 },
    transports: (name) => {
      if (name === missing) return undefined;
      const wire = new FakeTransport(name);
      wire.admit = () => brought(1);
      answers[name]?.(wire);
      made.push(wire);
      return (wires[name as keyof typeof wires] = wire);
    },
  });
  const client = new ServiceClient<NotesTypes>(realtime, notes);
  const states = new Recording(client.state$);
  /** The wire of a move, once the move is requested. */
  const legacy = new Promise<FakeTransport>((resolve) => (answers.legacy = resolve));
  const open = (key: string) => new Recording(client.room(key).messages$);
  return { realtime, client, states, open, made, wires, legacy };
};
const texts = (seen: Recording<{ kind: string }>) =>
  seen.values.map((message) =>
    'snapshot' in message ? (message.snapshot as { texts: string[] }).texts : message.kind,
  );
const subscribed = (all: string[]) => all.at(-1) === 'subscribed';

it('the service stops polling also when a poll was the last to bring a snapshot', async () => {
  const { open, states, wires, realtime } = start();
  const [one, two] = [open('r1'), open('r2')];
  await states.until(subscribed);
  const { socketio } = wires;
  const rooms = [...socketio.rooms.values()];
  rooms.forEach((room) => room.lost('socketio'));
  socketio.state$.next({ status: 'disconnected', failures: 3 });
  expect(states.values.at(-1)).toBe('polling');
  socketio.state$.next({ status: 'connected', failures: 0 });
  rooms.forEach((room) => room.joining('socketio'));
  rooms[0]!.joined('socketio', { recovered: true, events: [], ...at(1) });
  // The server was restarted while the second room's answer was on its way.
  socketio.admit = () => ({ recovered: true, events: [], ...at(7, 'e2') });
  for (const room of wires.polling.rooms.values()) {
    room.joining('polling');
    room.joined('polling', brought(7, 'e2'));
  }
  rooms[1]!.joined('socketio', brought(7, 'e2'));
  expect(states.values.at(-1)).toBe('subscribed');
  rooms[0]!.event('socketio', { event: 'note_added', payload: { text: 'next' }, position: at(8, 'e2') });
  expect(texts(one)).toEqual([['e1:1'], ['e2:7'], 'event']);
  expect(texts(two)).toEqual([['e1:1'], ['e2:7']]);
  realtime.close();
});

it('the service continues on the new wire also when the old one was the last to bring a snapshot', async () => {
  const { client, open, states, wires, legacy, realtime } = start();
  const seen = open('r1');
  await states.until(subscribed);
  const before = wires.socketio;
  let answer!: (reply: Reply) => void;
  before.answer = () => new Promise((resolve) => (answer = resolve));
  const call = client.call('add_note', { book_id: 'r1', text: 'out' });
  const moved = client.connection.switchTo('legacy');
  const after = await legacy;
  await after.joined('r1');
  // The move waits for the call. Meanwhile the old wire is lost, and reconnects to a restarted server.
  after.admit = () => ({ recovered: true, events: [], ...at(3, 'e2') });
  const room = before.rooms.get('r1')!;
  room.lost('socketio');
  room.joining('socketio');
  room.joined('socketio', brought(3, 'e2'));
  answer({ ok: true, data: { number: 1 } });
  await Promise.all([call, moved]);
  after.emit('r1', { event: 'note_added', payload: { text: 'next' }, position: at(4, 'e2') });
  expect(texts(seen)).toEqual([['e1:1'], ['e2:3'], 'event']);
  realtime.close();
});

it('the service stays on its wire when the new one ends before the move is made', async () => {
  const { client, open, states, wires, legacy, realtime } = start();
  const seen = open('r1');
  await states.until(subscribed);
  let answer!: (reply: Reply) => void;
  wires.socketio.answer = () => new Promise((resolve) => (answer = resolve));
  const call = client.call('add_note', { book_id: 'r1', text: 'out' });
  const moved = client.connection.switchTo('legacy');
  const after = await legacy;
  await after.joined('r1');
  after.state$.next({ status: 'closed', failures: 0, fault: new RemoteFault(new Fault('connection.limit').toBody()) });
  answer({ ok: true, data: { number: 1 } });
  await expect(moved).rejects.toMatchObject({ code: 'connection.limit' });
  await call;
  expect(realtime.stats().wires).toEqual({ notes: 'socketio' });
  expect([seen.completed, seen.error]).toEqual([false, undefined]);
  realtime.close();
});

it.each(['service.closed', 'service.retired'] as const)(
  'the service moves once however many rooms are refused with %s',
  async (code) => {
    const { client, open, states, made, wires, realtime } = start();
    const announced = new Recording(client.control$);
    ['r1', 'r2', 'r3'].forEach(open);
    await states.until(subscribed);
    const rooms = [...wires.socketio.rooms.values()];
    expect(rooms).toHaveLength(3);
    const fault = new RemoteFault(new Fault(code, { to: 'legacy' }).toBody());
    rooms.forEach((room) => room.refused('socketio', fault));
    await client.connection.switchTo('legacy');
    expect(made.map(({ wire }) => wire)).toEqual(['socketio', 'legacy']);
    expect(announced.values).toEqual([
      { event: 'transport_switch', payload: { service: 'notes', to: 'legacy', reason: code, within_ms: 0 } },
    ]);
    realtime.close();
  },
);

it('the service joins a room again when the refusal names a wire that this client cannot use', async () => {
  const { open, states, made, wires, realtime } = start('legacy');
  const seen = open('r1');
  await states.until(subscribed);
  const { socketio } = wires;
  const room = socketio.rooms.get('r1')!;
  room.lost('socketio');
  room.joining('socketio');
  room.refused('socketio', new RemoteFault(new Fault('service.closed', { to: 'legacy' }).toBody()));
  expect(states.values.at(-1)).toBe('connected');
  await states.until(subscribed);
  socketio.emit('r1', { event: 'book_closed', payload: {}, position: at(2) });
  expect([seen.completed, seen.error]).toEqual([true, undefined]);
  expect(made).toEqual([socketio]);
  realtime.close();
});

it('the service does not take `to` in the details of any other fault for a wire', async () => {
  const { client, open, states, made, wires, realtime } = start();
  const announced = new Recording(client.control$);
  const seen = open('r1');
  await states.until(subscribed);
  const fault = new RemoteFault(new Fault('room.forbidden', { to: 'legacy' }).toBody());
  wires.socketio.rooms.get('r1')!.refused('socketio', fault);
  expect(seen.error).toBe(fault);
  expect(announced.values).toEqual([]);
  expect(made.map(({ wire }) => wire)).toEqual(['socketio']);
  realtime.close();
});

it('the service and its page report each wire once it is in use', async () => {
  const { realtime, client, open, states, wires, legacy } = start();
  const used = new Recording(client.connection.wire$);
  const byService = new Recording(realtime.wires$);
  open('r1');
  await states.until(subscribed);
  const moved = client.connection.switchTo('legacy');
  await legacy;
  expect(used.values).toEqual([undefined, 'socketio']);
  await moved;
  expect(used.values).toEqual([undefined, 'socketio', 'legacy']);
  wires.legacy.state$.next({ status: 'disconnected', failures: 3 });
  await states.until((all) => all.at(-1) === 'polling');
  expect(byService.values).toEqual([{}, { notes: 'socketio' }, { notes: 'legacy' }, { notes: 'polling' }]);
  realtime.close();
  expect([used.completed, byService.completed]).toEqual([true, true]);
});
