import type { Wire } from '@switchyard/contract';
import { useStandIn } from '../../test/fixture.js';
import { notes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import { errorBody } from '../../test/stand-in.rooms.js';
import type { LegacySocket } from '../transport/legacy.socket.js';

const { server: startServer, page } = useStandIn();
const INTERVAL_MS = 10;

/** A socket that no connection comes of. */
class NoSocket implements LegacySocket {
  addEventListener(type: string, listener: (event: never) => void): void {
    if (type === 'close') setTimeout(() => listener({ code: 1006, reason: '' } as never));
  }
  send(): void {}
  close(): void {}
}

describe.each<Wire>(['socketio', 'legacy'])('a page on %s', (wire) => {
  const start = async () => {
    const server = await startServer();
    server.wire = wire;
    ['b1', 'b2', 'b3'].forEach((key) => server.rooms.open(notes, key, { texts: [] }));
    const client = page(server.url, { polling: { intervalMs: INTERVAL_MS } });
    const follow = (key: string) => new Recording(client.notes.room(key).messages$);
    const states = new Recording(client.notes.state$);
    const joinsOf = (key: string) => server.joins.filter(({ room }) => room === `book_${key}`).length;
    return { server, client, follow, states, joinsOf };
  };
  const live = (all: string[]) => all.at(-1) === 'subscribed';

  it('does not join a room again that it left, however often it reconnects', async () => {
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

  it('does not join a room again that it left while the connection was away', async () => {
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

  it('does not ask again for a room that was refused for now and then left', async () => {
    const { server, client, follow, joinsOf } = await start();
    const refused = errorBody('rate.limited', true, { retry_after_ms: 60 });
    server.refuse = () => refused;
    const [stays, left] = [follow('b1'), follow('b2')];
    await server.until(() => joinsOf('b1') === 1 && joinsOf('b2') === 1);
    // By the time that this is answered the refusals are there.
    await client.notes.call('add_note', { book_id: 'b1', text: '' });
    left.stop();
    // Both were told to wait for as long, and the one that stays asks three times.
    await server.until(() => joinsOf('b1') >= 4);
    expect(joinsOf('b2')).toBe(1);
    stays.stop();
  });

  it('polls for no room that it left, and for none at all once it is back', async () => {
    const { server, client, follow, states } = await start();
    const [, left] = [follow('b1'), follow('b2')];
    await states.until(live);
    server.blocked = true;
    server.cut();
    await states.until((all) => all.at(-1) === 'polling');
    await server.until(() => server.lastPoll.length === 2);
    left.stop();
    await server.until(() => server.lastPoll.length === 1);
    const { polls } = server;
    await server.until(() => server.polls > polls + 2);
    expect(server.lastPoll).toEqual(['notes/b1']);
    server.blocked = false;
    await states.until(live);
    const pollsOf = ({ clientId }: { clientId: string }) =>
      server.requests.filter((url) => url.startsWith('/realtime/rooms') && url.includes(clientId)).length;
    // One may have been on its way.
    const atReturn = pollsOf(client.realtime) + 1;
    // Another page shows how the intervals go by: its sockets never open.
    server.wire = 'legacy';
    const clock = page(server.url, { WebSocket: NoSocket, polling: { intervalMs: INTERVAL_MS } });
    new Recording(clock.notes.room('b3').messages$);
    await server.until(() => pollsOf(clock.realtime) >= 10);
    expect(pollsOf(client.realtime)).toBeLessThanOrEqual(atReturn);
  });

  it('is put out for good when it is one too many, and tries no other wire', async () => {
    const { server, client, follow, states } = await start();
    const seen = follow('b1');
    await states.until(live);
    const limit = errorBody('connection.limit');
    if (wire === 'socketio') {
      server.announce(notes, 'service_error', limit);
      server.evict(notes);
    } else server.old.putOut(limit);
    await seen.ended();
    expect(seen.error).toMatchObject({ code: 'connection.limit' });
    expect(states.values.at(-1)).toBe('disconnected');
    await expect(client.notes.call('add_note', { book_id: 'b1', text: '' })).rejects.toMatchObject({
      code: 'connection.limit',
    });
    const asked = () => server.requests.filter((url) => url.includes(client.realtime.clientId)).length;
    const [before, joins] = [asked(), server.joins.length];
    // Another page comes back as often as this one could have.
    const other = page(server.url);
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
