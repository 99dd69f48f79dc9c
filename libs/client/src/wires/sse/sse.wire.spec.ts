import { until } from '../../../../../test/harness/until.js';
import { notes, notesLegacy } from '../../../test/notes.contract.js';
import { Recording } from '../../../test/recording.js';
import { StreamServer } from '../../../test/stream.server.js';
import type { RealtimeOptions } from '../../realtime/realtime.options.js';
import { Realtime } from '../../realtime/realtime.js';
import { ServiceClient } from '../../service/service.client.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** A page of notes on a server whose own wire is away; `ready` prepares the server first. */
const start = async (options: RealtimeOptions = {}, ready: (server: StreamServer) => void = () => undefined) => {
  const server = await StreamServer.open();
  open.push(server);
  ready(server);
  /** The streams that the page has open now, and the largest number of them so far: a browser allows few connections. */
  const streams = { now: 0, most: 0 };
  const counting: typeof fetch = (input, init) => {
    if ((input as string).includes('/realtime/events')) {
      streams.now += 1;
      streams.most = Math.max(streams.most, streams.now);
      init!.signal!.addEventListener('abort', () => (streams.now -= 1));
    }
    return fetch(input, init);
  };
  const realtime = new Realtime({
    url: server.url,
    fetch: counting,
    WebSocket: server.Socket,
    reconnect: { minMs: 20, maxMs: 40 },
    polling: { intervalMs: 30 },
    ...options,
  });
  open.push(realtime);
  const client = new ServiceClient(realtime, notes, { legacy: notesLegacy });
  const states = new Recording(client.state$);
  const reached = (state: string) => until(state, () => states.values.at(-1) === state);
  const follow = (key: string) => {
    const seen = new Recording(client.room(key).messages$);
    const texts = () =>
      seen.values.flatMap((message) => {
        if (message.kind === 'snapshot') return message.snapshot.texts;
        return message.kind === 'event' && message.event === 'note_added' ? [message.payload.text] : [];
      });
    /** Resolves once all notes have come, each once and in order. */
    const heardAll = async () => {
      await until(`all notes of ${key}`, () => texts().length >= server.textsOf(key).length);
      expect(texts()).toEqual(server.textsOf(key));
    };
    return { seen, texts, heardAll, stop: () => seen.stop() };
  };
  /** Publishes to a room every millisecond until it is stopped. */
  const stream = (key: string) => {
    const timer = setInterval(() => server.publish(key, String(server.textsOf(key).length)), 1);
    const stop = () => clearInterval(timer);
    open.push({ close: stop });
    return stop;
  };
  const wire = () => realtime.stats().wires.notes;
  return { server, realtime, client, states, streams, reached, follow, stream, wire };
};

describe('a page whose own wire is away', () => {
  it('receives its events over a stream and makes its calls over HTTP', async () => {
    const { server, realtime, client, states, reached, follow, wire } = await start();
    const room = follow('a');
    await reached('subscribed');
    server.publish('a', 'one');
    await room.heardAll();
    await expect(client.call('add_note', { book_id: 'a', text: 'x' })).resolves.toEqual({ number: 1 });
    expect(wire()).toBe('sse');
    expect(realtime.stats().events).toMatchObject({ sse: 1, polling: 0 });
    expect(states.values).not.toContain('polling');
    expect(server.polls).toBe(0);
  });

  it('is connected without any room, and opens no second stream for that', async () => {
    const { server, client, reached } = await start({}, (made) => (made.wire = 'socketio'));
    await client.call('add_note', { book_id: 'a', text: 'x' });
    await reached('connected');
    expect(server.requests).toEqual([[]]);
  });

  it('has one stream for all rooms, even for many', async () => {
    const { server, follow, reached } = await start();
    const rooms = Array.from({ length: 250 }, (_, n) => follow(`r${n}`));
    await reached('subscribed');
    server.publish('r0', 'first');
    server.publish('r249', 'last');
    await Promise.all([rooms[0]!.heardAll(), rooms[249]!.heardAll()]);
    expect(server.requests.map(({ length }) => length)).toEqual([200, 50]);
  });

  it('loses, repeats and reorders nothing while rooms come and go', async () => {
    const { server, realtime, streams, reached, follow, stream } = await start();
    const stays = follow('stays');
    await reached('subscribed');
    const stop = stream('stays');
    for (let round = 0; round < 10; round += 1) {
      const { length } = server.textsOf('stays');
      const others = [follow(`x${round}`), follow(`y${round}`)];
      await until('both rooms', () => server.requests.at(-1)?.includes(`y${round}`));
      await until('more notes', () => server.textsOf('stays').length > length + 5);
      others.forEach((other) => other.stop());
    }
    stop();
    await stays.heardAll();
    await until('only the room that stays', () => server.requests.at(-1)!.join() === 'stays');
    await until('one stream', () => server.streams.size === 1);
    // Two rooms that come together, or leave together, cost one stream.
    expect(server.requests.length).toBeLessThanOrEqual(21);
    expect(streams).toEqual({ now: 1, most: 2 });
    expect(realtime.stats().gapsHealed).toBe(0);
  });

  it('ends a room that is refused, and no other', async () => {
    const { server, follow, reached } = await start({}, ({ closedRooms }) => closedRooms.add('b'));
    const [a, b] = [follow('a'), follow('b')];
    await b.seen.ended();
    expect(b.seen.error).toMatchObject({ code: 'room.forbidden' });
    await reached('subscribed');
    server.publish('a', 'one');
    await a.heardAll();
  });

  it('opens another stream from its positions when the server ends one', async () => {
    const { server, states, reached, follow, stream } = await start();
    const room = follow('a');
    await reached('subscribed');
    const stop = stream('a');
    for (let round = 1; round <= 3; round += 1) {
      server.endStreams();
      await until('another stream', () => server.requests.length > round && server.streams.size === 1);
    }
    stop();
    await room.heardAll();
    expect(states.values).not.toContain('polling');
  });

  it('receives each announcement of the server once for each service', async () => {
    const { server, client, reached, follow } = await start();
    const announced = new Recording(client.control$);
    follow('a');
    await reached('subscribed');
    server.control('service_draining', { reconnect_in_ms: 1 });
    await announced.until(({ length }) => length === 1);
    expect(announced.values).toEqual([{ event: 'service_draining', payload: { reconnect_in_ms: 1 } }]);
  });

  it('returns to its own wire, and nothing is lost, repeated or reordered on the way there and back', async () => {
    const { server, reached, follow, stream, wire } = await start({}, (made) => (made.isOwnWireThere = true));
    const [a, b] = [follow('a'), follow('b')];
    await reached('subscribed');
    const stops = [stream('a'), stream('b')];
    for (let round = 0; round < 3; round += 1) {
      expect(wire()).toBe('legacy');
      server.loseOwnWire();
      await until('the stream', () => wire() === 'sse');
      await reached('subscribed');
      server.isOwnWireThere = true;
      await until('its own wire', () => wire() === 'legacy' && server.streams.size === 0);
      await reached('subscribed');
    }
    stops.forEach((stop) => stop());
    await Promise.all([a.heardAll(), b.heardAll()]);
  });
});

describe('a page whose streams do not work', () => {
  it.each(['missing', 'page', 'nothing'] as const)(
    'polls when the answer is %s, and streams once it can',
    async (streaming) => {
      const { server, realtime, reached, follow, stream, wire } = await start(
        { timeouts: { connectMs: 100 } },
        (made) => {
          made.streaming = streaming;
        },
      );
      const room = follow('a');
      await reached('polling');
      expect(wire()).toBe('polling');
      const stop = stream('a');
      await until('polled notes', () => realtime.stats().events.polling! > 0);
      server.streaming = 'frames';
      await reached('subscribed');
      expect(wire()).toBe('sse');
      stop();
      await room.heardAll();
      const { polls } = server;
      server.publish('a', 'streamed');
      await room.heardAll();
      // One poll may have been on its way.
      expect(server.polls).toBeLessThanOrEqual(polls + 1);
    },
  );

  it('requests a stream less and less often', async () => {
    const { server, reached, follow } = await start({}, (made) => (made.streaming = 'missing'));
    follow('a');
    await reached('polling');
    const began = performance.now();
    const atFirst = server.requests.length;
    await until('40 polls', () => server.polls >= 40);
    // Attempts at the pace of reconnects, at most 40 ms apart, would be three times as many.
    const others = server.requests.length - atFirst;
    expect(others).toBeLessThan(8 + (performance.now() - began) / 120);
  });

  it('polls when a stream falls silent', async () => {
    const { server, reached, follow } = await start({}, (made) => (made.silence_ms = 100));
    const room = follow('a');
    await reached('polling');
    server.publish('a', 'polled');
    await room.heardAll();
    expect(server.streams.size).toBe(0);
  });

  it('keeps a stream on which the server shows signs of life', async () => {
    const { server, reached, follow } = await start({}, (made) => (made.silence_ms = 400));
    follow('a');
    await reached('subscribed');
    const [stream] = server.streams;
    const timer = setInterval(() => stream!.comment(), 20);
    open.push({ close: () => clearInterval(timer) });
    const began = performance.now();
    await until('more than the silence allowed', () => performance.now() - began > 900);
    expect(server.requests).toHaveLength(1);
  });

  it('does not open a stream where its fallbacks name only polling', async () => {
    const { server, reached, follow } = await start({ fallbacks: ['polling'] });
    follow('a');
    await reached('polling');
    expect(server.requests).toEqual([]);
  });
});

describe('a page with a token', () => {
  it('opens another stream with a new token before the first one ends, without a loss', async () => {
    let made = 0;
    const token = (spent?: string) => (spent === undefined && made > 0 ? `t${made}` : `t${(made += 1)}`);
    const { server, states, reached, follow, stream } = await start({ token });
    const room = follow('a');
    await reached('subscribed');
    const stop = stream('a');
    expect([...server.streams].map(({ token: shown }) => shown)).toEqual(['t1']);
    const before = states.values.length;
    server.control('auth_expiring', { expires_at: Date.now() + 60_000, expires_in_ms: 60_000 });
    await until('the new token', () => [...server.streams].map(({ token: shown }) => shown).join() === 't2');
    stop();
    await room.heardAll();
    expect(states.values).toHaveLength(before);
  });

  it('ends for good when it is over the limit of connections, and tries nothing else', async () => {
    const { server, states, reached, follow } = await start();
    const room = follow('a');
    await reached('subscribed');
    const code = { code: 'connection.limit', error: '', timestamp: '', recoverable: false, help: '' };
    server.control('service_error', code);
    server.endStreams();
    await room.seen.ended();
    expect(room.seen.error).toMatchObject({ code: 'connection.limit' });
    expect(states.values.at(-1)).toBe('disconnected');
    expect([server.requests.length, server.polls]).toEqual([1, 0]);
  });

  it('ends with the reason when its streams are refused for good', async () => {
    const { server, follow } = await start(
      { token: 'old' },
      (made) => (made.refusal = { code: 'auth.revoked', recoverable: false }),
    );
    const room = follow('a');
    await room.seen.ended();
    expect(room.seen.error).toMatchObject({ code: 'auth.revoked' });
    expect(server.polls).toBe(0);
  });

  it('reconnects with another token when the server ends its stream because its token ended', async () => {
    const made: string[] = [];
    const token = (spent?: string) => {
      if (made.length === 0 || spent === made.at(-1)) made.push(`t${made.length + 1}`);
      return made.at(-1);
    };
    const { server, reached, follow } = await start({ token });
    const room = follow('a');
    await reached('subscribed');
    server.control('service_error', { code: 'auth.expired', error: '', timestamp: '', recoverable: true, help: '' });
    server.endStreams();
    await until('the new token', () => [...server.streams].map(({ token: shown }) => shown).join() === 't2');
    server.publish('a', 'one');
    await room.heardAll();
  });
});
