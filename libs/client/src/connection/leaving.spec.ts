import { Fault } from '@switchyard/contract';
import { useNotes } from '../../test/fixture.js';
import { Recording } from '../../test/recording.js';
import type { LegacySocket } from '../transport/legacy.socket.js';

const { server: running, page } = useNotes();
const INTERVAL_MS = 10;

/** A socket that never connects. */
class NoSocket implements LegacySocket {
  addEventListener(type: string, listener: (event: never) => void): void {
    if (type === 'close') setTimeout(() => listener({ code: 1006, reason: '' } as never));
  }
  send(): void {}
  close(): void {}
}

describe.each(['socketio', 'legacy'] as const)('a page on %s', (wire) => {
  const start = async (options: { token?: string } = {}) => {
    const server = running();
    await server.use(wire);
    ['b1', 'b2', 'b3'].forEach((key) => server.book(key));
    const client = page({ fallbacks: ['polling'], polling: { intervalMs: INTERVAL_MS }, ...options });
    const follow = (key: string) => new Recording(client.notes.room(key).messages$);
    const states = new Recording(client.notes.state$);
    const joinsOf = (key: string) => server.joins.filter(({ room }) => room === `book_${key}`).length;
    return { server, client, follow, states, joinsOf };
  };
  const live = (all: string[]) => all.at(-1) === 'subscribed';

  it('never rejoins a room that it left, however often it reconnects', async () => {
    const { server, follow, joinsOf } = await start();
    const [stays, left] = [follow('b1'), follow('b2')];
    await stays.until(({ length }) => length === 1);
    await left.until(({ length }) => length === 1);
    left.stop();
    const before = joinsOf('b2');
    for (let cut = 0; cut < 4; cut += 1) {
      const joins = joinsOf('b1');
      server.cut();
      await server.until(() => joinsOf('b1') > joins);
    }
    expect(joinsOf('b2')).toBe(before);
  });

  it('never rejoins a room that it left while it was disconnected', async () => {
    const { server, follow, states, joinsOf } = await start();
    const [stays, left] = [follow('b1'), follow('b2')];
    await left.until(({ length }) => length === 1);
    await states.until(live);
    server.cut();
    await states.until((all) => all.at(-1) === 'reconnecting');
    left.stop();
    const [before, joins] = [joinsOf('b2'), joinsOf('b1')];
    await server.until(() => joinsOf('b1') > joins);
    const more = joinsOf('b1');
    server.cut();
    await server.until(() => joinsOf('b1') > more);
    expect(joinsOf('b2')).toBe(before);
    expect(stays.error).toBeUndefined();
  });

  it('does not retry a refused room once it has left that room', async () => {
    const { server, client, follow, joinsOf } = await start();
    server.refuse = () => new Fault('rate.limited', { retry_after_ms: 60 });
    const [stays, left] = [follow('b1'), follow('b2')];
    await server.until(() => joinsOf('b1') === 1 && joinsOf('b2') === 1);
    // Once this is answered, the refusals have come.
    await client.notes.call('add_note', { book_id: 'b1', text: '' });
    left.stop();
    // Both rooms got the same wait, and the one that stays is requested three times.
    await server.until(() => joinsOf('b1') >= 4);
    expect(joinsOf('b2')).toBe(1);
    stays.stop();
  });

  it('polls no room that it left, and stops polling once it is connected again', async () => {
    const { server, client, follow, states } = await start();
    const [, left] = [follow('b1'), follow('b2')];
    await states.until(live);
    server.block();
    await states.until((all) => all.at(-1) === 'polling');
    await server.until(() => server.lastPoll.length === 2);
    left.stop();
    await server.until(() => server.lastPoll.length === 1);
    const { polls } = server;
    await server.until(() => server.polls > polls + 2);
    expect(server.lastPoll).toEqual(['notes/b1']);
    server.return();
    await states.until(live);
    const pollsOf = ({ clientId }: { clientId: string }) =>
      server.requests.filter((url) => url.startsWith('/realtime/rooms') && url.includes(clientId)).length;
    // One poll may have been on its way.
    const atReturn = pollsOf(client.realtime) + 1;
    // Another page, whose sockets never open, shows that the intervals pass.
    await server.use('legacy');
    const clock = page({ WebSocket: NoSocket, fallbacks: ['polling'], polling: { intervalMs: INTERVAL_MS } });
    new Recording(clock.notes.room('b3').messages$);
    await server.until(() => pollsOf(clock.realtime) >= 10);
    expect(pollsOf(client.realtime)).toBeLessThanOrEqual(atReturn);
  });

  it('is evicted when its user has one client too many, and tries no other wire', async () => {
    const { server, client, follow, states } = await start({ token: 'ann' });
    const seen = follow('b1');
    await states.until(live);
    // The newest client of a user evicts the oldest.
    new Recording(page({ token: 'ann' }).notes.room('b3').messages$);
    await seen.ended();
    expect(seen.error).toMatchObject({ code: 'connection.limit' });
    expect(states.values.at(-1)).toBe('disconnected');
    await expect(client.notes.call('add_note', { book_id: 'b1', text: '' })).rejects.toMatchObject({
      code: 'connection.limit',
    });
    const asked = () => server.requests.filter((url) => url.includes(client.realtime.clientId)).length;
    const [before, joins] = [asked(), server.joins.length];
    // Another page reconnects as often as this one could have.
    const other = page();
    const others = new Recording(other.notes.room('b2').messages$);
    await others.until(({ length }) => length === 1);
    for (let cut = 0; cut < 3; cut += 1) {
      const { length } = server.joins;
      server.cut();
      await server.until(() => server.joins.length > length);
    }
    expect(server.joins.slice(joins).map(({ room }) => room)).not.toContain('book_b1');
    expect(asked()).toBe(before);
  });
});
