import { Fault, type RealtimeConfig } from '@switchyard/contract';
import { useNotes } from '../../test/fixture.js';
import { notes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import { ServiceClient } from '../service/service.client.js';
import { Realtime } from './realtime.js';
import { worstState } from '../connection/connection.state.js';

const { server, page } = useNotes();

it('Realtime sends nothing to the server before it is used', async () => {
  const { realtime } = page();
  expect(realtime.state$.value).toBe('idle');
  // Any request would have had time to arrive.
  await fetch(`${server().http.url}/realtime/config`);
  expect(server().requests).toEqual(['/realtime/config']);
  expect(server().sockets.connections).toBe(0);
});

it('Realtime keeps its client id in the given storage', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  const [first, second] = [1, 2].map(() => new Realtime({ url: 'http://localhost', storage }).clientId);
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(second).toBe(first);
});

it('Realtime works though its storage fails', () => {
  const storage = {
    getItem: () => null,
    setItem: () => {
      throw new Error('quota');
    },
  };
  expect(new Realtime({ url: 'http://localhost', storage }).clientId).toHaveLength(32);
  expect(new Realtime({ url: 'http://localhost' }).clientId).toHaveLength(32);
});

it('Realtime refuses a malformed client id and a missing url', () => {
  expect(() => new Realtime({ url: 'http://localhost', clientId: 'me' })).toThrow('unable to create Realtime');
  expect(() => new Realtime()).toThrow('it needs the option url');
});

it('Realtime sends its client id on every request and shares a connection between clients of one service', async () => {
  await server().use('legacy');
  const { realtime, notes: client } = page();
  const other = new ServiceClient(realtime, notes);
  expect(other.connection).toBe(client.connection);
  await other.call('add_note', { book_id: 'b1', text: '' });
  expect(server().requests).toEqual(
    ['/realtime/config', '/realtime/calls/notes/add_note'].map((path) => `${path}?client_id=${realtime.clientId}`),
  );
});

it('Realtime knows the server’s clock and its uncertainty', async () => {
  await server().use('legacy');
  const ahead = async (...request: Parameters<typeof fetch>) => {
    const config = (await (await fetch(...request)).json()) as RealtimeConfig;
    return Response.json({ ...config, server_time: new Date(Date.now() + 3_600_000).toISOString() });
  };
  const { realtime, notes: client } = page({
    fetch: (url, init) => ((url as string).includes('/realtime/config') ? ahead(url, init) : fetch(url, init)),
  });
  expect(realtime.stats().clock).toBeUndefined();
  await client.call('add_note', { book_id: 'b1', text: '' });
  const { offsetMs, uncertaintyMs } = realtime.stats().clock!;
  expect(Math.abs(offsetMs - 3_600_000)).toBeLessThanOrEqual(uncertaintyMs + 1);
  const before = Date.now();
  const now = realtime.serverNow() - 3_600_000;
  expect(now).toBeGreaterThanOrEqual(before - uncertaintyMs - 1);
  expect(now).toBeLessThanOrEqual(Date.now() + uncertaintyMs + 1);
});

it('Realtime releases everything when it is closed', async () => {
  server().book('b1');
  const client = page();
  const seen = new Recording(client.notes.room('b1').messages$);
  await seen.until(({ length }) => length === 1);
  const states = new Recording(client.realtime.state$);
  client.realtime.close();
  await seen.ended();
  expect(seen.completed).toBe(true);
  expect(states.values.at(-1)).toBe('disconnected');
  await server().until(() => server().engineTransports.length === 0);
  const late = new Recording(client.notes.room('b1').messages$);
  expect(late.error).toMatchObject({ code: 'client.closed' });
});

it('the state of Realtime is the worst state of its services', () => {
  expect(worstState([])).toBe('idle');
  expect(worstState(['subscribed', 'idle', 'connected'])).toBe('subscribed');
  expect(worstState(['subscribed', 'polling'])).toBe('polling');
  expect(worstState(['polling', 'reconnecting'])).toBe('reconnecting');
});

describe('a page whose token is refused with the configuration', () => {
  /** Refuses every request for the configuration with a token that `refuse` names, as a server does. */
  const refusing = (refuse: (token: string | undefined) => Fault | undefined): typeof fetch => {
    return (input, init) => {
      const authorization = new Headers(init?.headers).get('authorization');
      const fault = refuse(authorization?.replace('Bearer ', ''));
      if (fault && (input as string).includes('/realtime/config'))
        return Promise.resolve(Response.json({ error: fault.toBody() }, { status: 401 }));
      return fetch((input as string).replace(server().url, server().http.url), init);
    };
  };
  const follow = ({ notes: client }: ReturnType<typeof page>) => {
    const states = new Recording(client.state$);
    const seen = new Recording(client.room('b1').messages$);
    const call = client.call('add_note', { book_id: 'b1', text: 'a' });
    call.catch(() => undefined);
    return { states, seen, call };
  };
  beforeEach(() => server().book('b1'));

  it.each([
    ['auth.invalid', 'ann#old'],
    ['auth.revoked', () => 'ann#old'],
    ['auth.expired', 'ann#old'],
    ['auth.required', undefined],
  ] as const)('ends with %s when no other token can help', async (code, token) => {
    const { states, seen, call } = follow(page({ token, fetch: refusing(() => new Fault(code)) }));
    await expect(call).rejects.toMatchObject({ code });
    await seen.ended();
    expect(seen.error).toMatchObject({ code });
    expect(states.values).toEqual(['idle', 'initializing', 'disconnected']);
  });

  it('waits while its source has expired tokens only, reports it, and connects with a valid one', async () => {
    let issued = 'ann#old';
    const client = page({
      token: () => issued,
      fetch: refusing((token) => (token === 'ann#old' ? new Fault('auth.expired') : undefined)),
    });
    const faults = new Recording(client.realtime.faults$);
    const { states, seen, call } = follow(client);
    await faults.until(({ length }) => length > 0);
    expect(faults.values[0]).toMatchObject({ code: 'auth.expired' });
    expect(states.values.at(-1)).toBe('reconnecting');
    issued = 'ann#new';
    await call;
    await seen.until(({ length }) => length > 0);
    expect(server().handshakes).toMatchObject([{ token: 'ann#new' }]);
  });

  it('ends when it asks again after a loss', async () => {
    let isRevoked = false;
    const client = page({
      token: 'ann',
      fallbacks: [],
      fetch: refusing(() => (isRevoked ? new Fault('auth.revoked') : undefined)),
    });
    const { states, seen } = follow(client);
    await states.until((all) => all.at(-1) === 'subscribed');
    isRevoked = true;
    server().block();
    await seen.ended();
    expect(seen.error).toMatchObject({ code: 'auth.revoked' });
    expect(states.values.at(-1)).toBe('disconnected');
  });
});
