import { Logger } from '@nestjs/common';
import type { ConnectionStore } from '../store/limit.store.js';
import type { Cluster } from '../store/cluster.js';
import { OpenConnections } from './open.connections.js';

/** The connections of one process, with a log of their events. */
const start = (maxConnectionsPerUser: number, connections?: ConnectionStore) => {
  const log: string[] = [];
  const open = new OpenConnections({ cluster: connections && ({ connections } as Cluster) }, { maxConnectionsPerUser });
  const enter = (client_id: string, name = client_id, user = 'u') =>
    open.enter({ user: { id: user }, client_id } as never, name, {
      sendError: ({ code }) => log.push(`${name}: ${code}`),
      close: () => log.push(`${name} closed`),
    })!;
  /** Resolves once every count has taken effect. */
  const counted = () => new Promise(setImmediate);
  return { open, enter, log, counted };
};
const putOut = (name: string) => [`${name}: connection.limit`, `${name} closed`];

it('the limit evicts the oldest client, which gets a notice before any of its sockets closes', async () => {
  const { enter, log, counted } = start(1);
  enter('a', 'a1');
  enter('a', 'a2');
  enter('b');
  await counted();
  expect(log).toEqual(['a1: connection.limit', 'a2: connection.limit', 'a1 closed', 'a2 closed']);
});

it('the limit warns once when it closes clients, and names the setting', async () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
  const { enter, log, counted } = start(1);
  for (const client of ['a', 'b', 'c']) enter(client);
  await counted();
  expect(log).toEqual([...putOut('a'), ...putOut('b')]);
  expect(warn.mock.calls).toEqual([
    [expect.stringContaining('more than 1 (maxConnectionsPerUser; 0 allows any number)')],
  ]);
  warn.mockRestore();
});

it('the limit closes every socket of a client, also when a notice cannot be written', async () => {
  const { open, enter, log, counted } = start(1);
  const sendError = () => {
    throw new Error('no word for it');
  };
  open.enter({ user: { id: 'u' }, client_id: 'a' } as never, 'a1', { sendError, close: () => log.push('a1 closed') });
  enter('a', 'a2');
  enter('b');
  await counted();
  expect(log).toEqual(['a2: connection.limit', 'a1 closed', 'a2 closed']);
});

it('the limit counts a new client that came before the evicted one had closed', async () => {
  const { enter, log, counted } = start(1);
  const closed = enter('a', 'a-old');
  enter('b');
  await counted();
  enter('a', 'a-new');
  await counted();
  expect(log.splice(0)).toEqual([...putOut('a-old'), ...putOut('b')]);
  // Only now does the first socket close; its id belongs to another client by then.
  closed();
  enter('c');
  await counted();
  expect(log).toEqual(putOut('a-new'));
});

it('the limit does not remove an evicted client from the store while its successor is connected', async () => {
  const said: string[] = [];
  const { enter, counted } = start(1, {
    enter: (_user: string, client: string) => {
      said.push(`enter ${client}`);
      return Promise.resolve(client === 'b' ? ['a'] : []);
    },
    leave: (_user: string, client: string) => {
      said.push(`leave ${client}`);
      return Promise.resolve();
    },
    follow: () => Promise.resolve(() => undefined),
  });
  const closed = enter('a', 'a-old');
  enter('b');
  await counted();
  enter('a', 'a-new');
  await counted();
  closed();
  await counted();
  expect(said).toEqual(['enter a', 'enter b', 'enter a']);
});

it('the limit keeps a client while one of its sockets is open, and forgets it with the last', async () => {
  const { enter, log, counted } = start(2);
  const [first, second] = [enter('a', 'a1'), enter('a', 'a2')];
  enter('b');
  first();
  enter('c');
  await counted();
  expect(log.splice(0)).toEqual(putOut('a2'));
  second();
  enter('d');
  await counted();
  expect(log).toEqual(putOut('b'));
});

it('the limit counts each user separately, and nobody when it is off', async () => {
  const { enter, log, counted } = start(1);
  enter('a', 'a', 'u');
  enter('b', 'b', 'v');
  await counted();
  expect(log).toEqual([]);
  expect(start(0).enter('a')).toBeUndefined();
});
