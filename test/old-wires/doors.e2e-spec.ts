import type { ErrorBody } from '@switchyard/contract';
import { ServiceGateway, legacy } from '@switchyard/server';
import { openWs } from '../harness/clients.js';
import type { TestWs, WsOptions } from '../harness/test-ws.js';
import { ShelfGateway, shelf, shelfLegacy } from '../toys/shelf.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { BellGateway, bell, bellEndpoints } from './doors.toy.js';
import { startOldWire } from './old.wire.server.js';

const ADA = { headers: { authorization: 'Bearer ada' } };

describe('the doors of old wires', () => {
  let toys: ToyApp;
  beforeAll(async () => {
    toys = await startOldWire(BellGateway);
  });
  afterAll(() => toys.close());

  const first = async (path: string, options?: WsOptions) =>
    (await openWs(toys.url, path, options).opened()).nextJson();

  it('take a token from a subprotocol, and choose the one beside it', async () => {
    const ws = await openWs(toys.url, '/bells/subprotocol/b', { protocols: ['bearer', 'ada'] }).opened();
    expect(ws.ws.protocol).toBe('bearer');
    expect(await ws.nextJson()).toMatchObject({ by: 'ada' });
  });

  it.each<[string, string, WsOptions]>([
    ['a header', '/bells/header/b', { headers: { 'X-Key': 'ada' } }],
    ['another parameter of the query', '/bells/query/b?access_token=ada', {}],
  ])('take a token from %s, and show it to no codec', async (_where, path, options) => {
    expect(await first(path, options)).toEqual({ type: 'bell', bell_id: 'b', by: 'ada', query: {} });
  });

  it.each(['/bells/query/b?token=ada', '/bells/header/b', '/bells/subprotocol/b'])(
    'take no token from elsewhere at %s',
    async (path) => {
      const { status, body } = await openWs(toys.url, path, ADA).refused();
      expect(status).toBe(401);
      expect((JSON.parse(body) as { error: ErrorBody }).error.code).toBe('auth.required');
    },
  );

  it('lead a path without parameters to the room of its user', async () => {
    expect(await first('/bells/mine', ADA)).toMatchObject({ bell_id: 'of-ada' });
    expect(await first('/bells/mine', { headers: { authorization: 'Bearer eve' } })).toMatchObject({
      bell_id: 'of-eve',
    });
  });

  it('let our client name its room, and no room of others', async () => {
    const path = '/bells/mine?switchyard=1&token=ada&sy_room=bell_';
    expect(await first(`${path}of-ada`)).toMatchObject({ _sy: { event: 'joined', room: 'bell_of-ada' } });
    expect((await openWs(toys.url, `${path}of-eve`).refused()).status).toBe(403);
  });

  it('make a room for a client without one, by a call of the service', async () => {
    const ws = await openWs(toys.url, '/bells/made', ADA).opened();
    expect(await ws.nextJson()).toEqual({ type: 'id', key: 'new-ada', isNew: true });
    expect(await ws.nextJson()).toMatchObject({ type: 'bell', bell_id: 'new-ada' });
    expect(await first('/bells/made?id=new-ada', ADA)).toEqual({ type: 'id', key: 'new-ada', isNew: false });
  });

  it('decode the parameters of a path', async () => {
    expect(await first('/bells/header/b%3A1', { headers: { 'X-Key': 'ada' } })).toMatchObject({ bell_id: 'b:1' });
    expect((await openWs(toys.url, '/bells/header/%E0%A4%A').refused()).status).toBe(400);
  });

  it('choose the subprotocol in the server’s order', async () => {
    const protocols = ['other', 'bells.v1', 'bells.v2'];
    const ws = await openWs(toys.url, '/bells/negotiated/b?token=ada', { protocols }).opened();
    expect(ws.ws.protocol).toBe('bells.v2');
  });

  it('compress where the old endpoint did, and nowhere else', async () => {
    const long = 'a'.repeat(8000);
    const compressed = await openWs(toys.url, `/bells/negotiated/b?token=ada&x=${long}`).opened();
    expect(await compressed.next()).toContain(long);
    const plain = await openWs(toys.url, `/bells/broken/b?token=ada&x=${long}`).opened();
    expect(await plain.next()).toContain(long);
    const read = ({ ws }: TestWs) => (ws as unknown as { _socket: { bytesRead: number } })._socket.bytesRead;
    expect(read(compressed)).toBeLessThan(2000);
    expect(read(plain)).toBeGreaterThan(8000);
  });

  it('answer with a status when the codec fails to refuse, and close in any case', async () => {
    expect((await openWs(toys.url, '/bells/broken/forbidden?token=ada').refused()).status).toBe(403);
    const ws = await openWs(toys.url, '/bells/bad-code/forbidden?token=ada').opened();
    expect(await ws.next()).toBe('no');
    expect(await ws.closed()).toEqual({ code: 1008, reason: 'ä'.repeat(61) });
  });

  it('wait for a first message on a wire of many rooms, too', async () => {
    const ws = await openWs(toys.url, '/bells/many').opened();
    ws.send({ type: 'hello', token: 'ada' });
    ws.send({ type: 'anything' });
    expect(await ws.nextJson()).toEqual({ type: 'welcome' });
    expect(await ws.next()).toBe('answered');
    const refused = await openWs(toys.url, '/bells/many').opened();
    refused.send({ type: 'hello', token: 'bad' });
    expect(await refused.closed()).toEqual({ code: 4401, reason: 'auth.invalid' });
  });
});

describe('the door of an old socket with topics', () => {
  let toys: ToyApp;
  beforeAll(async () => {
    toys = await startOldWire(BellGateway);
  });
  afterAll(() => toys.close());

  const open = (options?: WsOptions) => openWs(toys.url, '/bells/topics?lang=de', options).opened();
  const enter = async () => {
    const ws = await open();
    ws.send({ type: 'hello', token: 'ada', id: 1 });
    expect(await ws.nextJson()).toMatchObject({ type: 'welcome', user: 'ada' });
    return ws;
  };

  it('takes the token from a first message, answers under its id, and then reads what came meanwhile', async () => {
    const ws = await open();
    ws.send('ping');
    ws.send({ type: 'hello', token: 'ada', id: 7 });
    ws.send({ bell: 'b' });
    expect([await ws.next(), await ws.nextJson(), await ws.nextJson()]).toEqual([
      'pong',
      { type: 'welcome', id: 7, user: 'ada' },
      { subscribed: 'b', by: 'ada', query: { lang: 'de' } },
    ]);
  });

  it.each<[string, object, string]>([
    ['a wrong token', { type: 'hello', token: 'bad', id: 3 }, 'auth.invalid'],
    ['another request', { bell: 'b', id: 3 }, 'auth.required'],
  ])('refuses %s as the first message under its id', async (_what, frame, reason) => {
    const ws = await open();
    ws.send(frame);
    expect(await ws.nextJson()).toEqual({ type: 'no', id: 3 });
    expect(await ws.closed()).toEqual({ code: 4400, reason });
  });

  it('repeats no id that is an object, or very long', async () => {
    for (const id of [{ a: 1 }, 'i'.repeat(257)]) {
      const ws = await open();
      ws.send({ type: 'hello', token: 'ada', id });
      expect(await ws.nextJson()).toEqual({ type: 'welcome', user: 'ada' });
      ws.send({ bell: 'b', id });
      expect(await ws.nextJson()).toEqual({ type: 'error', code: 'input.invalid' });
    }
  });

  it('renews the token in a later message, and may keep a client whose new token is another user’s', async () => {
    const ws = await enter();
    ws.send({ type: 'hello', token: 'ada', id: 2 });
    expect(await ws.nextJson()).toEqual({ type: 'again', id: 2 });
    ws.send({ type: 'hello', token: 'eve', id: 3 });
    expect(await ws.nextJson()).toEqual({ type: 'stay', id: 3 });
    ws.send({ bell: 'b' });
    expect(await ws.nextJson()).toMatchObject({ by: 'ada' });
    ws.send({ type: 'hello', token: 'bad', id: 4 });
    expect(await ws.nextJson()).toEqual({ type: 'no', id: 4 });
    expect(await ws.closed()).toEqual({ code: 4400, reason: 'auth.invalid' });
  });

  it('keeps the subprotocol and the compression', async () => {
    const ws = await open({ protocols: ['bells.v3', 'bells.v2'] });
    expect([ws.ws.protocol, ws.ws.extensions]).toEqual(['bells.v2', 'permessage-deflate']);
  });

  it('tells clients that have not authenticated to come back when the process stops', async () => {
    const other = await startOldWire(BellGateway);
    const ws = await openWs(other.url, '/bells/topics').opened();
    await other.close();
    expect((await ws.closed()).code).toBe(1012);
  });
});

describe('a path that does not give the room’s key', () => {
  const start = (gateway: abstract new () => object) => startToys({ providers: [gateway as never] });

  it.each<[string, string, RegExp]>([
    ['has no parameter', '/bells', /^unable to serve bell at \/bells; .*:bell_id, but the path has no parameter/],
    ['has another parameter', '/bells/:id', /but the path has :id, so its codec needs keyOf$/],
    ['has several', '/:org/:bell_id', /but the path has :org and :bell_id, so its codec needs keyOf$/],
    ['is no template', '/bells/:', /its codec's path is no template/],
  ])('is refused at boot when it %s', async (_what, path, sentence) => {
    @ServiceGateway(bell, { wires: [legacy({ ...bellEndpoints.bare, keyOf: undefined, path })] })
    class Misled extends BellGateway {}
    await expect(start(Misled)).rejects.toThrow(sentence);
  });

  it('is refused at boot when the service has one room and the path a parameter', async () => {
    @ServiceGateway({ ...shelf, name: 'shelves' }, { wires: [legacy({ ...shelfLegacy, path: '/shelves/:id' })] })
    class Shelves extends ShelfGateway {}
    await expect(start(Shelves)).rejects.toThrow(
      /the service has one room, but the path has :id, so its codec needs keyOf$/,
    );
  });
});
