import { SocketioEngine } from './socketio.engine.js';

const start = () => {
  const engine = new SocketioEngine({
    url: 'http://localhost:1',
    clientId: 'c1',
    backoff: { minMs: 10, maxMs: 20 },
    connectTimeoutMs: 1000,
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
