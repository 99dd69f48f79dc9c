import { Realtime, ServiceClient } from '@switchyard/client';
import { WebSocket } from 'ws';
import { FaultProxy } from '../harness/fault-proxy.js';
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
