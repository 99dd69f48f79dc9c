import { Fault, type Reply } from '@switchyard/contract';
import { useNotes } from '../../test/fixture.js';
import { Recording } from '../../test/recording.js';
import { DEFAULT_BACKOFF } from '../backoff/backoff.js';
import { TokenKeeper } from '../identity/token.keeper.js';
import { FakeTransport } from '../testing/index.js';
import { CallQueue, DEFAULT_CALL_LIMITS } from './call.queue.js';

const { server, page } = useNotes();
afterEach(() => jest.restoreAllMocks());

const NO_TOKENS = { renewable: false, retryDelay: () => 0, token: () => Promise.resolve(undefined) };
const add = (text: string) => ({ book_id: 'b1', text });

describe.each(['socketio', 'legacy'] as const)('calls on %s', (wire) => {
  const start = async (options: Parameters<typeof page>[0] = {}) => {
    await server().use(wire);
    server().book('b1');
    return { server: server(), client: page(options) };
  };
  const textsOf = (server: { calls: { payload: Record<string, unknown> }[] }) =>
    server.calls.map(({ payload }) => payload.text);

  it('resolve with the reply, and each has its own id', async () => {
    const { server, client } = await start();
    await expect(client.notes.call('add_note', add('a'))).resolves.toEqual({ number: 1 });
    await client.notes.call('add_note', { ...add('b'), correlation_id: 'mine' });
    const ids = server.calls.map(({ payload }) => payload.correlation_id);
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), 'mine']);
  });

  it('fail with the code of the server’s refusal', async () => {
    const { server, client } = await start();
    server.refuseCall = () => new Fault('input.invalid', { fields: ['text'] });
    await expect(client.notes.call('add_note', add(''))).rejects.toMatchObject({
      name: 'Fault',
      code: 'input.invalid',
      details: { fields: ['text'] },
    });
  });

  it('made before there is a server wait for it and go out in order', async () => {
    const { server, client } = await start();
    server.leave();
    const replies = ['a', 'b', 'c', 'd'].map((text) => client.notes.call('add_note', add(text)));
    server.return();
    await expect(Promise.all(replies)).resolves.toHaveLength(4);
    expect(textsOf(server)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('made while the connection is away wait for it and go out in order', async () => {
    const { server, client } = await start({ polling: { afterAttempts: 1000 } });
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    server.leave();
    const state = new Recording(client.notes.state$);
    await state.until((states) => states.at(-1) === 'reconnecting');
    const replies = ['a', 'b', 'c', 'd'].map((text) => client.notes.call('add_note', add(text)));
    server.return();
    await Promise.all(replies);
    expect(textsOf(server)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('in flight when the connection is cut are sent again under the same id', async () => {
    const { server, client } = await start();
    await client.notes.call('add_note', add('first'));
    const release = server.hold();
    const replies = ['a', 'b'].map((text) => client.notes.call('add_note', add(text)));
    // Over HTTP the second waits for the first.
    const sent = wire === 'socketio' ? ['a', 'b'] : ['a'];
    await server.until(() => server.calls.length === 1 + sent.length);
    server.cut();
    release();
    await Promise.all(replies);
    expect(textsOf(server)).toEqual(['first', ...sent, 'a', 'b']);
    const ids = server.calls.map(({ payload }) => payload.correlation_id);
    expect(ids.slice(1 + sent.length)).toEqual([ids[1], expect.any(String)]);
    expect(new Set(ids).size).toBe(3);
  });

  it('refused for now wait as long as the server says, and are sent again in order', async () => {
    const { server, client } = await start();
    const refusedAt = new Map<unknown, number>();
    const made: unknown[] = [];
    const waits: number[] = [];
    server.refuseCall = ({ payload: { text } }) => {
      const refused = refusedAt.get(text);
      if (text === 'a' || refused !== undefined) {
        made.push(text);
        if (refused !== undefined) waits.push(performance.now() - refused);
        return undefined;
      }
      refusedAt.set(text, performance.now());
      return new Fault('rate.limited', { retry_after_ms: 100 });
    };
    await Promise.all(['a', 'b', 'c', 'd'].map((text) => client.notes.call('add_note', add(text))));
    expect(made).toEqual(['a', 'b', 'c', 'd']);
    expect(Math.min(...waits)).toBeGreaterThan(95);
  });

  it('fail as expired once the server would no longer recognise a repeat', async () => {
    const { server, client } = await start({ calls: { expiryMs: 100 } });
    server.leave();
    await expect(client.notes.call('add_note', add('a'))).rejects.toMatchObject({ code: 'call.expired' });
    server.return();
    const states = new Recording(client.notes.state$);
    await states.until((all) => all.at(-1) === 'connected');
    await page().notes.call('add_note', add('b'));
    expect(textsOf(server)).toEqual(['b']);
  });

  it.each([
    ['waited while the machine slept', 10 * 60_000, 0],
    ['waited while the clock was set back', -3_600_000, 10 * 60_000],
  ])('that %s have expired, and are never sent', async (_how, wallMs, monotonicMs) => {
    const { server, client } = await start();
    await client.notes.call('add_note', add('before'));
    const release = server.hold();
    const out = client.notes.call('add_note', add('out'));
    await server.until(() => server.calls.length === 2);
    const waiting = client.notes.call('add_note', add('waiting'));
    // Imitates a machine that sleeps with its timers and then continues, which no test can do.
    const [wall, monotonic] = [Date.now.bind(Date), performance.now.bind(performance)];
    jest.spyOn(Date, 'now').mockImplementation(() => wall() + wallMs);
    jest.spyOn(performance, 'now').mockImplementation(() => monotonic() + monotonicMs);
    const { length } = server.calls;
    server.cut();
    release();
    const after = client.notes.call('add_note', add('after'));
    await expect(out).rejects.toMatchObject({ code: 'call.expired' });
    await expect(waiting).rejects.toMatchObject({ code: 'call.expired' });
    await after;
    expect(textsOf(server).slice(length)).toEqual(['after']);
  });

  it('are sent again while the server still recognises a repeat', async () => {
    const { server, client } = await start();
    await client.notes.call('add_note', add('before'));
    const release = server.hold();
    const out = client.notes.call('add_note', add('out'));
    await server.until(() => server.calls.length === 2);
    const wall = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => wall() + 8 * 60_000);
    server.cut();
    release(7);
    await expect(out).resolves.toEqual({ number: 7 });
  });

  it('beyond the limit of waiting calls fail at once', async () => {
    const { server, client } = await start({ calls: { queued: 2 } });
    server.leave();
    const waiting = [client.notes.call('add_note', add('a')), client.notes.call('add_note', add('b'))];
    await expect(client.notes.call('add_note', add('c'))).rejects.toMatchObject({ code: 'call.queue_full' });
    server.return();
    await Promise.all(waiting);
  });

  it('without an answer fail when the page closes', async () => {
    const { server, client } = await start();
    server.hold();
    const reply = client.notes.call('add_note', add('a'));
    await server.until(() => server.calls.length === 1);
    client.realtime.close();
    await expect(reply).rejects.toMatchObject({ code: 'client.closed' });
    await expect(client.notes.call('add_note', add('b'))).rejects.toMatchObject({ code: 'client.closed' });
  });
});

it('calls refused for now keep their order, though the server would accept a later one first', async () => {
  const client = page();
  const taken: unknown[] = [];
  server().refuseCall = ({ payload }) => {
    // The server accepts the first, none of the others, and then every second one.
    const { length } = server().calls;
    if (length !== 1 && (length <= 4 || length % 2 === 0)) return new Fault('rate.limited', { retry_after_ms: 1 });
    taken.push(payload.text);
    return undefined;
  };
  await Promise.all(['a', 'b', 'c', 'd'].map((text) => client.notes.call('add_note', add(text))));
  expect(taken).toEqual(['a', 'b', 'c', 'd']);
  server().refuseCall = undefined;
  // All at once again, now that none is refused.
  await Promise.all(['e', 'f'].map((text) => client.notes.call('add_note', add(text))));
});

it.each(['socketio', 'legacy'] as const)(
  'calls over HTTP, while %s is away or carries no calls, run one after another however quickly they are made',
  async (wire) => {
    await server().use(wire);
    server().book('b1');
    if (wire === 'socketio') server().block();
    const client = page({ fallbacks: ['polling'] });
    const states = new Recording(client.notes.state$);
    new Recording(client.notes.room('b1').messages$);
    await states.until((all) => all.at(-1) === (wire === 'socketio' ? 'polling' : 'subscribed'));
    const release = server().hold();
    const replies = ['a', 'b', 'c'].map((text) => client.notes.call('add_note', add(text)));
    await server().until(() => server().calls.length === 1);
    // A later call had time to overtake the first.
    await fetch(`${server().http.url}/realtime/config`);
    expect(server().calls.map(({ payload }) => payload.text)).toEqual(['a']);
    release();
    await Promise.all(replies);
    expect(server().calls.map(({ payload }) => payload.text)).toEqual(['a', 'b', 'c']);
  },
);

describe('calls on a service whose wire changes', () => {
  /** A wire that never answers, and loses its pending calls when it is closed. */
  const silent = () => {
    const wire = new FakeTransport();
    const lost: (() => void)[] = [];
    wire.answer = () => new Promise<Reply>((_, reject) => lost.push(() => reject(new Fault('wire.lost'))));
    return { wire, lose: () => lost.splice(0).forEach((one) => one()) };
  };
  const texts = ({ calls }: FakeTransport) => calls.map(({ payload }) => (payload as { text: string }).text);

  it('wait for the calls that the old wire has not answered', async () => {
    const { wire: before, lose } = silent();
    const after = new FakeTransport();
    let carrier: FakeTransport | undefined = before;
    const queue = new CallQueue(() => carrier, DEFAULT_CALL_LIMITS, DEFAULT_BACKOFF, NO_TOKENS);
    const replies = [queue.add('add_note', add('a')), queue.add('add_note', add('b'))];
    carrier = undefined;
    replies.push(queue.add('add_note', add('c')));
    carrier = after;
    queue.resume();
    expect(texts(after)).toEqual([]);
    lose();
    await Promise.all(replies);
    expect(texts(before)).toEqual(['a', 'b']);
    expect(texts(after)).toEqual(['a', 'b', 'c']);
  });

  it('are not sent again for a user when they may have run without one', async () => {
    const { wire: before, lose } = silent();
    const after = new FakeTransport();
    let carrier = before;
    const login: { token?: string } = {};
    const tokens = new TokenKeeper(() => login.token, DEFAULT_BACKOFF);
    const queue = new CallQueue(() => carrier, DEFAULT_CALL_LIMITS, DEFAULT_BACKOFF, tokens);
    const sent = queue.add('add_note', add('a'));
    carrier = after;
    const waiting = queue.add('add_note', add('b'));
    login.token = 'ann';
    lose();
    await expect(sent).rejects.toMatchObject({ code: 'call.expired' });
    await waiting;
    expect(texts(after)).toEqual(['b']);
  });

  it('are sent again for the user who made them, in order', async () => {
    const { wire: before, lose } = silent();
    const after = new FakeTransport();
    let carrier = before;
    const tokens = new TokenKeeper(() => 'ann', DEFAULT_BACKOFF);
    await tokens.token();
    const queue = new CallQueue(() => carrier, DEFAULT_CALL_LIMITS, DEFAULT_BACKOFF, tokens);
    const replies = [queue.add('add_note', add('a')), queue.add('add_note', add('b'))];
    carrier = after;
    lose();
    await Promise.all(replies);
    expect(texts(after)).toEqual(['a', 'b']);
  });

  it('keep their ids when the new wire sends them again', async () => {
    const { wire: before, lose } = silent();
    const after = new FakeTransport();
    let carrier = before;
    const queue = new CallQueue(() => carrier, DEFAULT_CALL_LIMITS, DEFAULT_BACKOFF, NO_TOKENS);
    const reply = queue.add('add_note', { ...add('a'), correlation_id: undefined });
    carrier = after;
    lose();
    await reply;
    expect(after.calls).toEqual(before.calls);
    expect(after.calls[0]!.payload).toHaveProperty('correlation_id', expect.stringMatching(/^[0-9a-f]{32}$/));
  });
});

it('everyone who waits for the calls in flight is told of the last reply', async () => {
  const transport = new FakeTransport();
  let answer!: (reply: Reply) => void;
  transport.answer = () => new Promise((resolve) => (answer = resolve));
  const queue = new CallQueue(() => transport, DEFAULT_CALL_LIMITS, DEFAULT_BACKOFF, NO_TOKENS);
  const call = queue.add('add_note', add('a'));
  const told: string[] = [];
  void queue.whenIdle(60_000).then(() => told.push('first'));
  void queue.whenIdle(60_000).then(() => told.push('second'));
  answer({ ok: true, data: {} });
  await call;
  await new Promise(setImmediate);
  expect(told).toEqual(['first', 'second']);
  queue.close(new Fault('wire.lost'));
});
