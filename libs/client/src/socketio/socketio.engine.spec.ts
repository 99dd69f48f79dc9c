import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { until } from '../../../../test/harness/until.js';
import { SocketioEngine } from './socketio.engine.js';

const start = (url = 'http://localhost:1') => {
  const engine = new SocketioEngine({
    url,
    clientId: 'c1',
    backoff: { minMs: 10, maxMs: 20 },
    connectTimeoutMs: 1000,
    socketioPath: () => '/socket.io/',
    tokens: { token: () => Promise.resolve(undefined) } as never,
  });
  const [chat, crawl] = [engine.socket('/chat'), engine.socket('/crawl')];
  const longestWaitMs = () => chat.io.reconnectionDelayMax();
  return { engine, chat, crawl, longestWaitMs };
};

it('the connection of several namespaces is tried rarely only while other wires serve all of them', () => {
  const { engine, chat, crawl, longestWaitMs } = start();
  engine.enter(chat);
  engine.enter(crawl);
  engine.ease(chat, true);
  expect(longestWaitMs()).toBe(20);
  engine.ease(crawl, true);
  expect(longestWaitMs()).toBe(160);
  engine.ease(crawl, false);
  expect(longestWaitMs()).toBe(20);
  engine.close();
});

it('a namespace that is left does not keep the connection tried often', () => {
  const { engine, chat, crawl, longestWaitMs } = start();
  engine.enter(chat);
  engine.enter(crawl);
  engine.ease(crawl, true);
  engine.leave(chat);
  expect(longestWaitMs()).toBe(160);
  engine.close();
});

it('a namespace that is wanted for use while it connects as a shadow does not stay one', async () => {
  const http = createServer().listen(0);
  const server = new Server(http);
  const entered: unknown[] = [];
  server.of('/crawl');
  server.of('/chat').on('connection', ({ handshake }) => entered.push(handshake.auth.shadow));
  const { engine, chat, crawl } = start(`http://localhost:${(http.address() as AddressInfo).port}`);
  engine.enter(crawl);
  await until('the connection', () => crawl.connected);
  engine.socket('/chat', true);
  engine.enter(chat);
  engine.leave(chat);
  engine.socket('/chat', false);
  engine.enter(chat);
  await until('the namespace', () => chat.connected && entered.at(-1) === undefined && entered.length > 0);
  expect(entered).toEqual([true, undefined]);
  expect(crawl.connected).toBe(true);
  engine.close();
  await server.close();
});
