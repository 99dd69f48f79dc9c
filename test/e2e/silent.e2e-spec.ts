import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import { until } from '../harness/until.js';
import { startToys } from '../toys/toy.app.js';

const PINGS = { PING_INTERVAL_MS: '200', PING_TIMEOUT_MS: '200' };
/** Longer than a timer of Node.js can wait. */
const FOR_EVER_MS = 3_000_000_000;

describe('a silent peer', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp(PINGS);
  });
  afterAll(() => app.close());

  it.each([
    '/api/knowledge-items/stream',
    '/api/knowledge-items/stream?switchyard=1',
    '/ws',
    '/socket.io/?EIO=4&transport=websocket',
  ])('is disconnected from %s, while one that answers pings stays', async (path) => {
    const silent = await openWs(app.url, path, { autoPong: false }).opened();
    const isEngine = path.startsWith('/socket.io');
    const alive = isEngine ? undefined : await openWs(app.url, path).opened();
    const { code } = await silent.closed();
    // The peer does not answer a close.
    if (!isEngine) expect(code).toBe(1006);
    if (alive) expect(alive.ws.readyState).toBe(alive.ws.OPEN);
  });

  it('is not one that sends something, though it answers no ping', async () => {
    const [talking, silent] = await Promise.all([0, 1].map(() => openWs(app.url, '/ws', { autoPong: false }).opened()));
    const talk = setInterval(() => talking!.send({ type: 'ping' }), 20);
    await silent!.closed();
    expect(talking!.ws.readyState).toBe(talking!.ws.OPEN);
    clearInterval(talk);
  });

  it('is no longer a member of its room', async () => {
    const toys = await startToys({ pingIntervalMs: 100, pingTimeoutMs: 100 });
    const key = toys.board.open('b');
    const silent = await openWs(toys.url, `/api/boards/${key}/ws`, { autoPong: false }).opened();
    await silent.next();
    expect(await toys.board.present(key)).toHaveLength(1);
    await silent.closed();
    await until('an empty room', async () => (await toys.board.present(key)).length === 0);
    await toys.close();
  });
});

describe('pings with an interval that is longer than a timer can wait', () => {
  it('come when they are due, and not continuously', async () => {
    const toys = await startToys({ pingIntervalMs: FOR_EVER_MS, pingTimeoutMs: FOR_EVER_MS });
    const key = toys.board.open('b');
    const silent = await openWs(toys.url, `/api/boards/${key}/ws`, { autoPong: false }).opened();
    let pings = 0;
    silent.ws.on('ping', () => (pings += 1));
    const socket = await openSocket(toys.url, '/board').connected();
    socket.socket.io.engine.on('ping', () => (pings += 1));
    // Each takes a turn of the server's event loop, in which a timer of 0 ms would run.
    for (let n = 0; n < 50; n += 1) await socket.call('post', { board_id: key, text: `${n}` });
    expect([pings, silent.ws.readyState, socket.socket.connected]).toEqual([0, silent.ws.OPEN, true]);
    await toys.close();
  });
});
