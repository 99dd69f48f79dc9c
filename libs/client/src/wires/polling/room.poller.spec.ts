import type { JoinReply, PollRequest, WireName } from '@switchyard/contract';
import { ServerClock } from '../../clock/server.clock.js';
import { RoomPoller, type PolledService } from './room.poller.js';
import type { RoomSink } from '../../transport/transport.js';

/** A room that records its messages. */
const room = (key: string) => {
  const messages: string[] = [];
  const member: RoomSink = {
    id: key,
    key,
    name: `room_${key}`,
    position: () => undefined,
    joining: () => undefined,
    joined: (_, { snapshot }) => void messages.push(String(snapshot)),
    event: () => undefined,
    refused: (_, { code }) => void messages.push(code),
    lost: () => undefined,
  };
  return { member, messages };
};

const service = (name: string, ...members: RoomSink[]) => {
  const messages: string[] = [];
  const polled: PolledService & { rooms: Set<RoomSink> } = {
    name,
    rooms: new Set(members),
    answered: (wire: WireName | undefined) => void messages.push(`answered ${wire}`),
    failed: () => void messages.push('failed'),
  };
  return { polled, messages };
};

/** A poller whose polls are answered on the test's command, and each poll with its rooms. */
const start = () => {
  const polls: { keys: string[]; answer(): void }[] = [];
  let asked: () => void = () => undefined;
  const ask = (_path: string, request?: object) =>
    new Promise<{ status: number; body: object }>((resolve) => {
      const { rooms } = request as PollRequest;
      const replies = rooms.map(({ key }) => ({ snapshot: `of ${key}`, recovered: false }) as unknown as JoinReply);
      polls.push({
        keys: rooms.map(({ key }) => key),
        answer: () => resolve({ status: 200, body: { rooms: replies, wires: { s: 'legacy' } } }),
      });
      asked();
    });
  const poller = new RoomPoller({ ask }, new ServerClock(), 1, { accepted: () => undefined, retryDelay: () => 0 });
  const sent = async (count: number) => {
    while (polls.length < count) await new Promise<void>((resolve) => (asked = resolve));
  };
  return { poller, polls, sent };
};

it('the poller drops the answer for a room that was left meanwhile, and delivers the others', async () => {
  const { poller, polls, sent } = start();
  const [stays, left, last] = [room('a'), room('b'), room('c')];
  const { polled } = service('s', stays.member, left.member, last.member);
  poller.add(polled);
  await sent(1);
  polled.rooms.delete(left.member);
  polls[0]!.answer();
  await sent(2);
  expect([stays.messages, left.messages, last.messages]).toEqual([['of a'], [], ['of c']]);
  expect(polls[1]!.keys).toEqual(['a', 'c']);
  poller.close();
});

it('the poller drops the answer for a service that is back on its wire, and polls it no more', async () => {
  const { poller, polls, sent } = start();
  const [here, back] = [room('a'), room('b')];
  const [polled, returned] = [service('s', here.member), service('t', back.member)];
  poller.add(polled.polled);
  poller.add(returned.polled);
  await sent(1);
  poller.remove(returned.polled);
  polls[0]!.answer();
  for (let n = 2; n <= 4; n += 1) {
    await sent(n);
    expect(polls[n - 1]!.keys).toEqual(['a']);
    polls[n - 1]!.answer();
  }
  await sent(5);
  expect([back.messages, returned.messages]).toEqual([[], []]);
  expect(here.messages).toHaveLength(4);
  poller.close();
});

it('the poller stops once no service needs it, even with a poll under way', async () => {
  const { poller, polls, sent } = start();
  const [one, other] = [service('s', room('a').member), service('t', room('b').member)];
  poller.add(one.polled);
  await sent(1);
  poller.remove(one.polled);
  polls[0]!.answer();
  // Another poller with the same interval shows that the time passes.
  const clock = start();
  clock.poller.add(other.polled);
  for (let n = 1; n <= 5; n += 1) {
    await clock.sent(n);
    clock.polls[n - 1]!.answer();
  }
  expect(polls).toHaveLength(1);
  clock.poller.close();
  poller.close();
});
