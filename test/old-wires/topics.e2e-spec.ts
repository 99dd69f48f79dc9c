import { ServiceRegistry } from '@switchyard/server';
import { openWs } from '../harness/clients.js';
import { changeStage } from '../harness/stage.change.js';
import type { TestWs } from '../harness/test-ws.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { MovingPage } from './moving.page.js';
import { showsExample } from './old.page.js';
import { OrdersGateway, PricesGateway, feed, orders } from './topics.example.js';

describe('an old socket with topics of several services', () => {
  let toys: ToyApp;
  let shop: OrdersGateway;
  let market: PricesGateway;
  let count = 0;
  let key: string;
  beforeAll(async () => {
    toys = await startToys({ providers: [OrdersGateway, PricesGateway] });
    shop = toys.get(OrdersGateway);
    market = toys.get(PricesGateway);
  });
  afterAll(() => toys.close());
  beforeEach(() => {
    key = String((count += 1));
    shop.steps.set(key, 0);
  });

  const connect = () => openWs(toys.url, '/ws').opened();
  const follow = async (ws: TestWs, topic: string) => {
    ws.send({ subscribe: topic });
    expect(await ws.nextJson()).toEqual({ subscribed: topic });
    if (topic.startsWith('orders/')) expect(await ws.nextJson()).toEqual({ topic, state: 0 });
  };
  const runtime = (service: string) => toys.app.get(ServiceRegistry, { strict: false }).get(service);
  const connections = (service: string) => runtime(service).wires.oldConnections().length;

  it('is in rooms of both services, each once however often it subscribes, until it unsubscribes', async () => {
    const ws = await connect();
    await follow(ws, `orders/${key}`);
    await follow(ws, 'prices/ACME');
    ws.send({ subscribe: `orders/${key}` });
    expect(await ws.nextJson()).toEqual({ subscribed: `orders/${key}`, already: true });
    await shop.ship({ order_id: key });
    await market.set('ACME', 5);
    await market.set('OTHER', 6);
    expect([await ws.nextJson(), await ws.nextJson()]).toEqual([
      { topic: `orders/${key}`, shipped: 1 },
      { topic: 'prices/ACME', cents: 5 },
    ]);
    expect([connections('orders'), connections('prices')]).toEqual([1, 1]);
    ws.send({ unsubscribe: `orders/${key}` });
    expect(await ws.nextJson()).toEqual({ unsubscribed: `orders/${key}` });
    expect([connections('orders'), connections('prices')]).toEqual([0, 1]);
    await shop.ship({ order_id: key });
    await market.set('ACME', 7);
    expect(await ws.nextJson()).toEqual({ topic: 'prices/ACME', cents: 7 });
    const lost = ['orders', 'prices'].map((service) => jest.spyOn(runtime(service).counters, 'lost'));
    await ws.close();
    await until('the socket gone', () => connections('prices') === 0);
    // It is lost to the services of which it had topics at the end.
    expect(lost.map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
  });

  it('keeps the order of subscribing and unsubscribing that a client does not wait for', async () => {
    const ws = await connect();
    const topic = `orders/${key}`;
    for (const frame of [{ subscribe: topic }, { unsubscribe: topic }, { subscribe: topic }]) ws.send(frame);
    const frames = [await ws.nextJson(), await ws.nextJson(), await ws.nextJson(), await ws.nextJson()];
    const confirmed = { subscribed: topic };
    const state = { topic, state: 0 };
    expect(frames).toEqual([confirmed, state, { unsubscribed: topic }, confirmed]);
    await shop.ship({ order_id: key });
    expect(await ws.nextJson()).toEqual(state);
    expect(await ws.nextJson()).toEqual({ topic, shipped: 1 });
  });

  it('answers a call to its caller only, under its id', async () => {
    const [caller, other] = [await connect(), await connect()];
    await follow(other, `orders/${key}`);
    caller.send({ topic: `orders/${key}`, do: 'ship', id: 4 });
    expect(await caller.nextJson()).toEqual({ id: 4, result: { step: 1 } });
    expect(await other.nextJson()).toEqual({ topic: `orders/${key}`, shipped: 1 });
    caller.send({ topic: `orders/${key}`, do: 'constructor', id: 5 });
    expect(await caller.nextJson()).toEqual({ id: 5, error: 'call.unknown' });
  });

  it.each<[string, unknown, object]>([
    ['a topic of no service', { subscribe: 'nothing/1' }, { error: 'topic.unknown', topic: 'nothing/1' }],
    ['a room that is not known', { subscribe: 'orders/0' }, { error: 'room.not_found', topic: 'orders/0' }],
    ['a topic not subscribed', { unsubscribe: 'orders/0' }, { error: 'not subscribed', topic: 'orders/0' }],
    ['no text as a topic', { subscribe: [{ a: 1 }] }, { error: 'topic.unknown' }],
    ['10,000 topics at once', { subscribe: Array(10_000).fill('orders/1') }, { error: 'topic.limit' }],
    ['another object', {}, { error: 'input.invalid' }],
    ['an array', [{ subscribe: 'prices/ACME' }], { error: 'input.invalid' }],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x7b]), { error: 'input.invalid' }],
    [
      'a call of a service without calls',
      { topic: 'prices/A', do: 'ship', id: 1 },
      { error: 'input.invalid', topic: 'prices/A', id: 1 },
    ],
    ['an id that is too long', { subscribe: 'prices/ACME', id: 'i'.repeat(257) }, { error: 'input.invalid' }],
  ])('refuses %s by the words of the codec', async (_name, frame, expected) => {
    const ws = await connect();
    if (Buffer.isBuffer(frame)) ws.ws.send(frame);
    else ws.send(frame);
    expect(await ws.nextJson()).toEqual(expected);
    ws.send('ping');
    expect(await ws.next()).toBe('pong');
  });

  it('has at most as many topics as the codec allows, and takes another once one has gone', async () => {
    const ws = await connect();
    for (let topic = 0; topic < 1000; topic += 1) ws.send({ subscribe: `prices/${letters(topic)}` });
    ws.send('ping');
    await ws.waitFor((frame) => frame === 'pong');
    await until('every answer', () => ws.frames.length === 1001);
    const subscribed = ws.frames.filter((frame) => frame.includes('subscribed'));
    expect(subscribed).toHaveLength(feed.maxTopics!);
    expect(ws.frames.filter((frame) => frame.includes('topic.limit'))).toHaveLength(950);
    ws.send({ unsubscribe: `prices/${letters(0)}` });
    ws.send({ subscribe: `prices/${letters(999)}` });
    await ws.waitFor((frame) => frame === JSON.stringify({ subscribed: `prices/${letters(999)}` }));
  });

  it('loses the topics of a retired service only, and gets them again when it is back', async () => {
    const ws = await connect();
    await follow(ws, `orders/${key}`);
    await follow(ws, 'prices/ACME');
    await changeStage(toys, 'orders', { stage: 'retired', force: true });
    const gone = { error: 'service.retired', topic: `orders/${key}` };
    expect(await ws.nextJson()).toEqual(gone);
    ws.send({ subscribe: `orders/${key}` });
    expect(await ws.nextJson()).toEqual(gone);
    await shop.ship({ order_id: key });
    await market.set('ACME', 8);
    expect(await ws.nextJson()).toEqual({ topic: 'prices/ACME', cents: 8 });
    await changeStage(toys, 'orders', { stage: 'socketio' });
    ws.send({ subscribe: `orders/${key}` });
    expect(await ws.nextJson()).toEqual({ subscribed: `orders/${key}` });
    await changeStage(toys, 'orders', { stage: 'legacy' });
  });

  it('serves our client, which moves one service to Socket.IO and back without losing an event', async () => {
    const ws = await connect();
    await follow(ws, `orders/${key}`);
    await follow(ws, 'prices/ACME');
    const page = new MovingPage(toys);
    try {
      const seen: number[] = [];
      const client = page.service(orders);
      client.room(key).messages$.subscribe((message) => {
        if (message.kind === 'event') seen.push(message.payload.step);
      });
      await until('the page in its room', () => page.realtime.state$.value === 'subscribed');
      await page.on('orders', 'legacy');
      let shipping = true;
      const work = (async () => {
        for (; shipping; await new Promise((resolve) => setTimeout(resolve, 2))) await shop.ship({ order_id: key });
      })();
      await page.move('orders', 'socketio', 'socketio');
      await page.move('orders', 'legacy', 'legacy');
      shipping = false;
      await work;
      const last = shop.steps.get(key)!;
      const steps = Array.from({ length: last }, (_, index) => index + 1);
      await until(
        'the last event',
        () => seen.length >= last && ws.frames.some((frame) => frame.includes(`:${last}}`)),
      );
      expect(seen).toEqual(steps);
      const shipped = ws.frames.flatMap((frame) => (JSON.parse(frame) as { shipped?: number }).shipped ?? []);
      expect(shipped).toEqual(steps);
      await market.set('ACME', 9);
      await ws.waitFor((frame) => frame.includes('"cents":9'));
    } finally {
      page.close();
    }
  });

  it('is described on its page by this example', () => expect(showsExample('topics')).toBe(true));
});

/** A symbol of capital letters for each number. */
function letters(number: number): string {
  return [...String(number)].map((digit) => 'ABCDEFGHIJ'[Number(digit)]).join('');
}
