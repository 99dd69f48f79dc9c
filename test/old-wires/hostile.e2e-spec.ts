import { once } from 'node:events';
import { connect } from 'node:net';
import { UnauthenticatedSockets } from '../../libs/server/src/limits/unauthenticated.sockets.js';
import { openWs } from '../harness/clients.js';
import type { TestWs } from '../harness/test-ws.js';
import { until } from '../harness/until.js';
import type { ToyApp } from '../toys/toy.app.js';
import { BellGateway } from './doors.toy.js';
import { startOldWire, tokens, untilNoneWaits } from './old.wire.server.js';

const PATH = '/bells/bare/b';
/** Here a client has 200 ms. */
const HURRIED = '/bells/hurried/b';
const LIMIT = 8;

describe('clients that have not authenticated', () => {
  let toys: ToyApp;
  /** Ends the check of the token `slow`. */
  let decide: (() => void) | undefined;
  beforeAll(async () => {
    toys = await startOldWire(BellGateway, {
      maxUnauthenticatedSockets: LIMIT,
      authenticate: async ({ token, ...others }) => {
        if (token !== 'slow') return tokens({ ...others, ...(token !== undefined && { token }) });
        await new Promise<void>((resolve) => (decide = resolve));
        return { id: 'slow' };
      },
    });
  });
  afterAll(() => toys.close());
  afterEach(() => untilNoneWaits(toys));

  const open = () => openWs(toys.url, PATH).opened();
  const hello = (token: string) => ({ type: 'hello', token });
  const enters = async (ws: TestWs) => {
    ws.send(hello('ada'));
    expect(await ws.nextJson()).toMatchObject({ by: 'ada' });
  };

  it('are closed when their first message never comes', async () => {
    const ws = await openWs(toys.url, HURRIED).opened();
    expect(await ws.closed()).toEqual({ code: 4401, reason: 'auth.required' });
    expect(ws.frames).toEqual([]);
  });

  it('are limited in number, and keep nobody out', async () => {
    const many = await Promise.all(Array.from({ length: 5 * LIMIT }, open));
    const ended: string[] = [];
    const closes = many.map(async (ws) => ended.push(JSON.stringify(await ws.closed())));
    const tooMany = () => ended.filter((close) => close === '{"code":1008,"reason":"connection.limit"}').length;
    expect(toys.get(UnauthenticatedSockets).size).toBeLessThanOrEqual(2 * LIMIT);
    await enters(await open());
    // The newcomer took the place of one, too.
    await until('that the others are closed', () => tooMany() === 4 * LIMIT + 1);
    await Promise.all(many.map((ws) => ws.close()));
    await Promise.all(closes);
    expect(tooMany()).toBe(4 * LIMIT + 1);
  });

  it('are limited in bytes, also when they send a message in pieces', async () => {
    const ws = await open();
    for (let piece = 0; piece < 30; piece += 1) ws.ws.send('x'.repeat(100), { fin: false });
    expect(await ws.closed()).toEqual({ code: 1009, reason: 'payload.too_large' });
  });

  it('are refused for a token that is very long', async () => {
    const ws = await open();
    ws.send(hello('x'.repeat(100_000)));
    expect((await ws.closed()).code).toBe(1009);
  });

  it('may send their first message in pieces', async () => {
    const ws = await open();
    const text = JSON.stringify(hello('ada'));
    ws.ws.send(text.slice(0, 9), { fin: false });
    ws.ws.send(text.slice(9), { fin: true });
    expect(await ws.nextJson()).toMatchObject({ by: 'ada' });
  });

  it('are limited in frames while their token is checked', async () => {
    const ws = await open();
    ws.send(hello('slow'));
    for (let frame = 0; frame < 6; frame += 1) ws.send({ type: 'ring' });
    expect(await ws.closed()).toEqual({ code: 1013, reason: 'rate.limited' });
    decide?.();
  });

  it.each<[string, Buffer | string, number, string]>([
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), 1008, 'input.invalid'],
    ['an array', '[]', 1008, 'input.invalid'],
    ['a token that is no text', '{"type":"hello","token":{"a":1}}', 1008, 'input.invalid'],
    ['half of an object', '{"type":"hel', 4401, 'auth.required'],
    ['nothing', '', 4401, 'auth.required'],
  ])('are refused for a first message that is %s', async (_what, data, code, reason) => {
    const ws = await open();
    ws.ws.send(data);
    expect(await ws.closed()).toEqual({ code, reason });
  });

  it('may send their first message as bytes', async () => {
    const ws = await open();
    ws.ws.send(Buffer.from(JSON.stringify(hello('ada'))));
    expect(await ws.nextJson()).toMatchObject({ by: 'ada' });
  });

  it('leave nothing behind when they go while their token is checked', async () => {
    const ws = await open();
    decide = undefined;
    ws.send(hello('slow'));
    await until('the check', () => decide);
    await ws.close();
    decide!();
    await untilNoneWaits(toys);
    const { url } = toys;
    const other = await openWs(url, PATH).opened();
    await enters(other);
  });

  it('are cut off when they do not answer the close', async () => {
    const deaf = connect({ port: toys.port, host: '127.0.0.1', allowHalfOpen: true });
    const key = Buffer.alloc(16).toString('base64');
    deaf.write(
      `GET ${HURRIED} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
    deaf.resume();
    const error = () => undefined;
    deaf.on('error', error);
    await once(deaf, 'end');
    await untilNoneWaits(toys);
    deaf.destroy();
  });

  it('are told to come back when the process stops', async () => {
    const other = await startOldWire(BellGateway);
    const ws = await openWs(other.url, '/bells/many').opened();
    await other.close();
    expect((await ws.closed()).code).toBe(1012);
  });
});
