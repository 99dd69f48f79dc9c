import type { WireEvent } from '../transport/transport.js';
import { ShadowSink } from './shadow.sink.js';

/** A sink, and what its lane got, in order. */
function start() {
  const got: unknown[] = [];
  const lane = {
    joined: ({ offset }: { offset?: number }) => got.push(`joined at ${offset}`),
    event: ({ position }: WireEvent) => got.push(position?.offset),
    lost: () => got.push('lost'),
  };
  const host = { rejoin: () => got.push('rejoin'), refused: () => undefined };
  const sink = new ShadowSink({ id: 'r', key: 'r', name: 'room_r' }, lane, host);
  const event = (offset: number, epoch = 'e') =>
    sink.event('socketio', { event: 'note', payload: {}, position: { epoch, offset } });
  const reply = (offset: number) => sink.joined('socketio', { recovered: true, epoch: 'e', offset });
  return { got, sink, event, reply };
}

it('an event that comes before the reply to the join is compared after it', () => {
  const { got, sink, event, reply } = start();
  sink.joining();
  event(5);
  event(6);
  reply(5);
  event(7);
  expect(got).toEqual(['joined at 5', 6, 7]);
  expect(sink.position()).toEqual({ epoch: 'e', offset: 7 });
});

it('an event that waits for a reply is forgotten when the wire is lost', () => {
  const { got, sink, event, reply } = start();
  sink.joining();
  event(6);
  sink.lost();
  sink.joining();
  reply(5);
  event(6);
  expect(got).toEqual(['lost', 'joined at 5', 6]);
});

it('events that wait for a reply are bounded', () => {
  const { got, sink, event, reply } = start();
  sink.joining();
  for (let offset = 1; offset <= 1001; offset += 1) event(offset);
  // The comparison sees the last one too early, and says that something is missing: better than without end.
  expect(got).toEqual([1001]);
  reply(0);
  expect(got).toHaveLength(1002);
});
