import { filter, firstValueFrom } from 'rxjs';
import { openWs } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import type { TestWs } from '../harness/test-ws.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { AccountsGateway, accounts, accountsRpc } from './json-rpc.example.js';
import { MovingPage } from './moving.page.js';
import { showsExample } from './old.page.js';

interface Answer {
  id: unknown;
  result?: unknown;
  error?: { code: number; data: { code: string } };
}

const request = (id: unknown, amount: unknown = 1, method = 'deposit') => ({
  jsonrpc: '2.0',
  id,
  method,
  params: { amount },
});
const notification = (amount: unknown, method = 'deposit') => ({ jsonrpc: '2.0', method, params: { amount } });

/** Whether a frame is an answer or answers, not a notification. */
const isAnswer = (frame: string) => !frame.includes('"method"');

describe('an old wire of JSON-RPC 2.0', () => {
  let toys: ToyApp;
  let gateway: AccountsGateway;
  let count = 0;
  let key: string;
  beforeAll(async () => {
    toys = await startToys({ providers: [AccountsGateway] });
    gateway = toys.get(AccountsGateway);
  });
  afterAll(() => toys.close());
  beforeEach(() => {
    key = `account-${(count += 1)}`;
    gateway.balances.set(key, 0);
    gateway.approve = () => Promise.resolve();
  });

  const connect = async () => {
    const ws = await openWs(toys.url, `/rpc/accounts/${key}`).opened();
    expect(await ws.nextJson()).toEqual({ jsonrpc: '2.0', method: 'balance', params: { balance: 0 } });
    return ws;
  };
  const answer = async (ws: TestWs) => JSON.parse(await ws.waitFor(isAnswer, 'an answer')) as Answer;
  /** The answers so far, once the server has read everything that was sent before. */
  const answers = async (ws: TestWs) => {
    ws.send(request('last', 0));
    await ws.waitFor((frame) => frame.includes('"last"') && isAnswer(frame), 'the last answer');
    return ws.frames.filter((frame) => isAnswer(frame) && !frame.includes('"last"'));
  };

  it('answers each caller under the ids of its requests, in the order in which they finish', async () => {
    const [caller, other] = [await connect(), await connect()];
    let release = () => {};
    gateway.approve = ({ amount }) =>
      amount === 1 ? new Promise((resolve) => (release = resolve)) : Promise.resolve();
    caller.send(request(7, 1));
    caller.send(request('seven', 20));
    expect(await answer(caller)).toEqual({ jsonrpc: '2.0', id: 'seven', result: { balance: 20 } });
    release();
    expect(await answer(caller)).toEqual({ jsonrpc: '2.0', id: 7, result: { balance: 21 } });
    await other.waitFor((frame) => frame.includes('21'));
    expect(other.frames.filter(isAnswer)).toEqual([]);
  });

  it.each<[string, unknown, object[]]>([
    ['no JSON', '{"jsonrpc":', [{ id: null, code: -32700, fault: 'input.invalid' }]],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x7b]), [{ id: null, code: -32600, fault: 'input.invalid' }]],
    ['a number', '5', [{ id: null, code: -32600, fault: 'input.invalid' }]],
    ['no request', { foo: 'boo' }, [{ id: null, code: -32600, fault: 'input.invalid' }]],
    ['a request without a method', { jsonrpc: '2.0', id: 1 }, [{ id: 1, code: -32600, fault: 'input.invalid' }]],
    ['an unknown method', request(2, 1, 'constructor'), [{ id: 2, code: -32601, fault: 'call.unknown' }]],
    ['params that do not fit', request('x', 'much'), [{ id: 'x', code: -32602, fault: 'input.invalid' }]],
    ['an id that is an object', request({ a: 1 }), [{ id: null, code: -32600, fault: 'input.invalid' }]],
    ['an id of 257 characters', request('i'.repeat(257)), [{ id: null, code: -32600, fault: 'input.invalid' }]],
    ['an id of half a megabyte', request('i'.repeat(500_000)), [{ id: null, code: -32600, fault: 'input.invalid' }]],
    [
      'params that are too large',
      request(3, 'x'.repeat(20_000)),
      [{ id: 3, code: -32000, fault: 'payload.too_large' }],
    ],
    ['an empty batch', [], [{ id: null, code: -32600, fault: 'input.invalid' }]],
    ['a batch of 101', Array(101).fill(request(1)), [{ id: null, code: -32600, fault: 'input.invalid' }]],
    ['a notification that is refused', notification('much'), []],
    ['a notification of an unknown method', notification(1, 'nothing'), []],
  ])('answers %s as JSON-RPC says', async (_name, frame, expected) => {
    const ws = await connect();
    if (Buffer.isBuffer(frame)) ws.ws.send(frame);
    else ws.send(frame);
    const read = (text: string) => {
      const { id, error } = JSON.parse(text) as Answer;
      return { id, code: error?.code, fault: error?.data.code };
    };
    expect((await answers(ws)).map(read)).toEqual(expected);
  });

  it('answers a batch in one frame, without its notifications, and refuses what in it is no request', async () => {
    const ws = await connect();
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const batch = [request('a', 1), notification(10), 5, [request('nested')], request('b', 'much')].map((item) =>
      JSON.stringify(item),
    );
    ws.send(
      `[${[...batch, deep, `{"jsonrpc":"2.0","id":"deep","method":"deposit","params":{"amount":${deep}}}`].join()}]`,
    );
    const [frame, ...others] = await answers(ws);
    const read = ({ id, error }: Answer) => [id, error?.code];
    const got = (JSON.parse(frame!) as Answer[]).map(read);
    expect(got).toHaveLength(6);
    expect(got).toEqual(
      expect.arrayContaining([
        ['a', undefined],
        [null, -32600],
        ['b', -32602],
        ['deep', -32000],
      ]),
    );
    expect(others).toEqual([]);
    ws.send([notification(1), notification(1)]);
    expect(await answers(ws)).toHaveLength(1);
    expect(gateway.balances.get(key)).toBe(13);
  });

  it('answers two requests with one id both', async () => {
    const ws = await connect();
    ws.send(request(1, 1));
    ws.send(request(1, 1));
    expect([(await answer(ws)).result, (await answer(ws)).result]).toEqual([{ balance: 1 }, { balance: 2 }]);
  });

  it('carries the calls of our client, which moves to Socket.IO and back without losing or repeating one', async () => {
    const page = new MovingPage(toys);
    try {
      const seen: number[] = [];
      const client = page.service(accounts, { legacy: accountsRpc });
      client.room(key).messages$.subscribe((message) => {
        if (message.kind === 'event') seen.push(message.payload.amount);
      });
      await until('the page in its room', () => page.realtime.state$.value === 'subscribed');
      await page.on('accounts', 'legacy');
      const made: Promise<unknown>[] = [];
      const deposit = (amount: number) => made.push(client.call('deposit', { account_id: key, amount }));
      for (let amount = 1; amount <= 5; amount += 1) deposit(amount);
      expect(await made[4]).toEqual({ balance: 15 });
      // A refusal reaches the page as it would on any other wire.
      await expect(client.call('deposit', { account_id: key, amount: 'much' as never })).rejects.toMatchObject({
        code: 'input.invalid',
        details: { fields: [{ field: 'amount' }] },
      });
      const there = page.move('accounts', 'socketio', 'socketio');
      for (let amount = 6; amount <= 15; amount += 1) deposit(amount);
      await there;
      const back = page.move('accounts', 'legacy', 'legacy');
      for (let amount = 16; amount <= 25; amount += 1) deposit(amount);
      await back;
      await Promise.all(made);
      deposit(26);
      expect(await made.at(-1)).toEqual({ balance: 351 });
      await until('every event', () => seen.length >= 26);
      expect(seen).toEqual(Array.from({ length: 26 }, (_, index) => index + 1));
      expect(page.requests.filter((url) => url.includes('/realtime/calls/'))).toEqual([]);
    } finally {
      page.close();
    }
  });

  it('runs a call of our client once, although its connection is lost before the reply', async () => {
    const proxy = await FaultProxy.to(toys.port);
    const page = new MovingPage(toys, proxy.url);
    try {
      const approved: number[] = [];
      let release = () => {};
      gateway.approve = ({ amount }) => {
        approved.push(amount);
        return new Promise((resolve) => (release = resolve));
      };
      const client = page.service(accounts, { legacy: accountsRpc });
      client.room(key).messages$.subscribe();
      await until('the page in its room', () => page.realtime.state$.value === 'subscribed');
      const made = client.call('deposit', { account_id: key, amount: 5 });
      await until('the call', () => approved.length === 1);
      const lost = firstValueFrom(page.realtime.state$.pipe(filter((state) => state !== 'subscribed')));
      proxy.cutClean();
      await lost;
      release();
      expect(await made).toEqual({ balance: 5 });
      expect(approved).toEqual([5]);
    } finally {
      page.close();
      await proxy.close();
    }
  });

  it('is described on its page by this example', () => expect(showsExample('json-rpc')).toBe(true));
});
