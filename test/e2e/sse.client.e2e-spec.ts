import { Realtime, ServiceClient } from '@switchyard/client';
import type { HttpOptions } from '@switchyard/server';
import { WebSocket } from 'ws';
import { FaultProxy } from '../harness/fault-proxy.js';
import { PathProxy } from '../harness/path.proxy.js';
import { until } from '../harness/until.js';
import { boardConfig } from '../toys/board.config.js';
import { board, boardLegacy, type BoardTypes } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

describe.each(['socketio', 'legacy'])('the SDK on event streams of the server, while %s is away', (wire) => {
  let toys: ToyApp;
  let proxy: FaultProxy;
  let realtime: Realtime;
  let client: ServiceClient<BoardTypes>;
  let texts: string[];

  beforeEach(async () => {
    toys = await startToys();
    toys.board.open('b');
    proxy = await FaultProxy.to(toys.port);
    texts = [];
    realtime = new Realtime({
      url: proxy.url,
      WebSocket,
      config: boardConfig(wire),
      reconnect: { minMs: 10, maxMs: 50 },
      fetch: (input, init) => fetch((input as string).replace(proxy.url, toys.url), init),
    });
    client = new ServiceClient<BoardTypes>(realtime, board, { legacy: boardLegacy });
    client.room('b').messages$.subscribe((message) => {
      if (message.kind === 'snapshot') texts = message.snapshot.notes.map(({ text }) => text);
      else if (message.kind === 'event' && message.event === 'note') texts.push(message.payload.text);
    });
    await until('the wire', () => client.connection.state$.value === 'subscribed');
  });
  afterEach(async () => {
    realtime.close();
    await proxy.close();
    await toys.close();
  });
  const written = () => toys.board.boards.get('b')!.map(({ text }) => text);
  const isOn = (name: string) => () =>
    realtime.stats().wires.board === name && client.connection.state$.value === 'subscribed';

  it('loses, repeats and reorders nothing on the way to a stream and back, and each call runs once', async () => {
    const states: string[] = [];
    client.state$.subscribe((state) => states.push(state));
    let posted = 0;
    const post = () => toys.board.post({ board_id: 'b', text: `event ${(posted += 1)}` });
    const stream = setInterval(() => void post(), 2);
    for (let round = 0; round < 2; round += 1) {
      proxy.refuse();
      proxy.cutClean();
      await until('the stream', isOn('sse'));
      await client.call('post', { board_id: 'b', text: `call ${round}` });
      proxy.accept();
      await until('the wire', isOn(wire));
    }
    clearInterval(stream);
    await until('all notes', () => texts.length === written().length);
    expect(texts).toEqual(written());
    expect(written().filter((text) => text.startsWith('call'))).toEqual(['call 0', 'call 1']);
    expect(states).not.toContain('polling');
    expect(realtime.stats().events.sse).toBeGreaterThan(0);
  });
});

describe('a page of a server that does not serve all routes', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  /** A page whose own wire dies on command, and the paths that it asked for. */
  const start = async (off: HttpOptions['off']) => {
    const toys = await startToys({ http: { off } });
    const paths: string[] = [];
    const isOwnWire = (path: string) => !path.startsWith('/realtime/');
    const proxy = await PathProxy.to(toys.port, isOwnWire, ({ path }) => paths.push(path));
    const realtime = new Realtime({ url: proxy.url, WebSocket, reconnect: { minMs: 10, maxMs: 50 } });
    open.push(toys, proxy, realtime);
    toys.board.open('b');
    const client = new ServiceClient<BoardTypes>(realtime, board);
    client.room('b').messages$.subscribe();
    await until('the wire', () => client.connection.state$.value === 'subscribed');
    return { client, proxy, paths };
  };

  it('polls at once when there are no event streams, and does not ask for one', async () => {
    const { client, proxy, paths } = await start(['events']);
    proxy.kill('refuse');
    await until('polling', () => client.connection.state$.value === 'polling');
    await until('a poll', () => paths.some((path) => path.startsWith('/realtime/rooms?')));
    expect(paths.filter((path) => path.includes('/realtime/events'))).toEqual([]);
  });

  it.each([
    ['events', 'sse'],
    ['rooms', 'polling'],
  ] as const)('has no wire of the routes %s', async (group, wire) => {
    const { client, paths } = await start([group]);
    await expect(client.connection.switchTo(wire)).rejects.toMatchObject({ code: 'wire.lost', details: { wire } });
    expect(paths.filter((path) => path.includes(`/realtime/${group}`))).toEqual([]);
  });
});
