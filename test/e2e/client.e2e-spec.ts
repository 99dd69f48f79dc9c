import {
  Realtime,
  ServiceClient,
  type ConnectionState,
  type RealtimeOptions,
  type ServiceClientOptions,
} from '@switchyard/client';
import type { WireName } from '@switchyard/contract';
import { filter, firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { FaultProxy } from '../harness/fault-proxy.js';
import { until } from '../harness/until.js';
import { boardConfig } from '../toys/board.config.js';
import { boardRoot } from '../toys/board.root.js';
import { board, boardLegacy, type BoardTypes } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

describe.each<[string, WireName, ServiceClientOptions<BoardTypes>]>([
  ['Socket.IO', 'socketio', { legacy: boardLegacy }],
  ['an old wire with a path', 'legacy', { legacy: boardLegacy }],
  ['an old wire that is the root namespace', 'legacy', { root: boardRoot }],
])('the SDK against the server, on %s', (_name, wire, oldWire) => {
  let toys: ToyApp;
  let proxy: FaultProxy;
  let realtime: Realtime;
  let client: ServiceClient<BoardTypes>;
  let texts: string[];
  let key: string;
  let boards = 0;
  /** The number of calls that ran before the test. */
  let ran: number;

  const start = (options: RealtimeOptions = {}) => {
    realtime = new Realtime({
      url: proxy.url,
      WebSocket,
      config: boardConfig(wire),
      reconnect: { minMs: 10, maxMs: 50 },
      fallbacks: ['polling'],
      polling: { intervalMs: 30 },
      ...options,
    });
    client = new ServiceClient<BoardTypes>(realtime, board, oldWire);
    client.room(key).messages$.subscribe((message) => {
      if (message.kind === 'snapshot') texts = message.snapshot.notes.map(({ text }) => text);
      else if (message.kind === 'event' && message.event === 'note') texts.push(message.payload.text);
    });
  };
  const reached = (state: ConnectionState) => firstValueFrom(client.state$.pipe(filter((now) => now === state)));
  const written = () => toys.board.boards.get(key)!.map(({ text }) => text);

  beforeAll(async () => {
    toys = await startToys();
  });
  afterAll(() => toys.close());
  beforeEach(async () => {
    ran = toys.board.runs;
    toys.board.posted = () => undefined;
    key = toys.board.open(`b${(boards += 1)}`);
    proxy = await FaultProxy.to(toys.port);
    texts = [];
  });
  afterEach(async () => {
    realtime.close();
    await proxy.close();
  });

  it('runs each call once, in the order made, through cut connections', async () => {
    start();
    await reached('subscribed');
    // Their replies are lost, so that only the server's record of the first run answers their repeats.
    const unanswered = new Set(['15', '35', '55']);
    toys.board.posted = (text) => unanswered.delete(text) && proxy.cutClean();
    const replies: Promise<unknown>[] = [];
    for (let n = 0; n < 60; n += 1) {
      replies.push(client.call('post', { board_id: key, text: String(n) }));
      if (n % 20 === 10) proxy.cutClean();
      if (n % 5 === 0) await replies.at(-1);
    }
    await Promise.all(replies);
    expect([toys.board.runs - ran, unanswered.size]).toEqual([60, 0]);
    await until('60 notes', () => texts.length === 60);
    expect(written()).toEqual(Array.from({ length: 60 }, (_, n) => String(n)));
    expect(texts).toEqual(written());
  });

  it('moves to the other wire and back while events stream in, and nothing is lost, repeated or reordered', async () => {
    start();
    await reached('subscribed');
    let posted = 0;
    const stream = setInterval(() => void toys.board.post({ board_id: key, text: String((posted += 1)) }), 1);
    const other = wire === 'legacy' ? 'socketio' : 'legacy';
    for (const to of [other, wire, other] as const) {
      await until('more than 5 notes', () => texts.length > 5);
      await client.connection.switchTo(to);
      expect(realtime.stats().wires).toEqual({ board: to });
    }
    clearInterval(stream);
    await until(`${posted} notes`, () => texts.length === posted);
    expect(texts).toEqual(written());
  });

  it('polls while nothing else gets through', async () => {
    start({ fetch: (input, init) => fetch((input as string).replace(proxy.url, toys.url), init) });
    await reached('subscribed');
    proxy.refuse();
    proxy.cutClean();
    await reached('polling');
    await Promise.all(['a', 'b', 'c'].map((text) => client.call('post', { board_id: key, text })));
    await until('3 notes', () => texts.length === 3);
    proxy.accept();
    await reached('subscribed');
    await client.call('post', { board_id: key, text: 'd' });
    await until('4 notes', () => texts.length === 4);
    expect(texts).toEqual(['a', 'b', 'c', 'd']);
    expect(toys.board.runs - ran).toBe(4);
  });

  it('runs calls in the order made while it falls back to polling, comes back, and moves to the other wire', async () => {
    start({ fetch: (input, init) => fetch((input as string).replace(proxy.url, toys.url), init) });
    await reached('subscribed');
    const replies: Promise<unknown>[] = [];
    const post = (count: number) => {
      for (let n = 0; n < count; n += 1) {
        replies.push(client.call('post', { board_id: key, text: String(replies.length) }));
      }
    };
    const away = reached('polling');
    proxy.refuse();
    post(10);
    proxy.cutClean();
    post(10);
    await away;
    post(20);
    const back = reached('subscribed');
    proxy.accept();
    post(10);
    await back;
    post(10);
    const moved = client.connection.switchTo(wire === 'legacy' ? 'socketio' : 'legacy');
    post(10);
    await moved;
    post(10);
    await Promise.all(replies);
    expect(written()).toEqual(replies.map((_, n) => String(n)));
    expect(toys.board.runs - ran).toBe(replies.length);
  });

  it('passes on the text of the server’s refusal', async () => {
    start();
    await expect(client.call('post', { board_id: key, text: '' })).rejects.toMatchObject({ code: 'input.invalid' });
    await expect(firstValueFrom(client.room('forbidden').messages$)).rejects.toMatchObject({
      // The old wire refuses before it opens, which browsers do not report; the first poll does.
      code: 'room.forbidden',
    });
    await expect(firstValueFrom(client.room('nowhere').messages$)).rejects.toMatchObject({ code: 'room.not_found' });
  });
});
