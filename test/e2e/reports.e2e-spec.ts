import { Realtime, ServiceClient, type RealtimeOptions } from '@switchyard/client';
import { LATENCY_MS, type JoinReply, type ReportedFigures, type WireName } from '@switchyard/contract';
import { WebSocket } from 'ws';
import { openSocket } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { figuresOf } from '../harness/service.figures.js';
import { changeStage } from '../harness/stage.change.js';
import { until } from '../harness/until.js';
import { boardConfig } from '../toys/board.config.js';
import { board, boardLegacy, type BoardTypes } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const CLIENT = 'client-number-000001';

describe('the reports of a page', () => {
  let toys: ToyApp;
  let proxy: FaultProxy;
  let realtime: Realtime;
  let client: ServiceClient<BoardTypes>;
  let received: number;

  beforeEach(async () => {
    toys = await startToys();
    toys.board.open('b');
    proxy = await FaultProxy.to(toys.port);
    received = 0;
  });
  afterEach(async () => {
    realtime.close();
    await proxy.close();
    await toys.close();
  });

  const start = async (wire: WireName, options: RealtimeOptions) => {
    realtime = new Realtime({
      url: proxy.url,
      WebSocket,
      config: boardConfig(wire),
      reconnect: { minMs: 10, maxMs: 50 },
      polling: { afterAttempts: 1000 },
      ...options,
    });
    client = new ServiceClient<BoardTypes>(realtime, board, { legacy: boardLegacy });
    client.room('b').messages$.subscribe(({ kind }) => (received += kind === 'event' ? 1 : 0));
    await until('a member', async () => (await toys.board.present('b')).length > 0);
  };
  const post = (count: number) => toys.board.postMany({ board_id: 'b', count });
  const reported = async (wire: WireName): Promise<Partial<ReportedFigures>> =>
    (await figuresOf(toys, 'board')).totals.wires[wire]?.reported ?? {};

  it.each(['socketio', 'legacy'])('say on %s how many events arrived, in as many reports as it takes', async (wire) => {
    await start(wire, { reportEveryMs: 1 });
    for (const sum of [3, 7, 20]) {
      await post(sum - received);
      await until(`${sum} events`, () => received === sum);
      await until(`${sum} reported events`, async () => (await reported(wire)).events === sum);
    }
    expect(realtime.stats().events[wire]).toBe(20);
    const arm = (await figuresOf(toys, 'board')).totals.arms[wire]!;
    expect(arm.reported).toMatchObject({ events: 20, duplicates: 0, gaps: 0, reconnects: 0, outage_ms: 0 });
  });

  it('wait until the server can be reached, and say how long the connection was lost', async () => {
    await start('socketio', { reportEveryMs: 1 });
    await post(2);
    await until('two reported events', async () => (await reported('socketio')).events === 2);
    proxy.refuse();
    proxy.cutClean();
    await post(5);
    await until('a refused attempt', () => proxy.refused > 3);
    proxy.accept();
    await until('all events', () => received === 7);
    const all = await until('the report', async () => {
      const now = await reported('socketio');
      return now.events === 7 && now.reconnects === 1 ? now : undefined;
    });
    const { lastReconnectMs } = realtime.stats();
    expect(lastReconnectMs).toBeGreaterThan(0);
    expect(all).toMatchObject({ outage_ms: lastReconnectMs, duplicates: 0 });
  });

  it.each(['socketio', 'legacy'])('say on %s how long an event took from its append to the page', async (wire) => {
    await start(wire, { reportEveryMs: 1 });
    const arrival = async () => (await reported(wire)).arrival;
    await post(1);
    // A page that has just begun may not know the server's clock yet.
    await until('an arrival', async () => {
      const { count = 0 } = (await arrival()) ?? {};
      if (count === 0 && received > 0) await post(1);
      return count > 0;
    });
    await until('all events', () => received === toys.board.boards.get('b')!.length);
    await until('all reports', async () => (await reported(wire)).events === received);
    const before = (await arrival())!;
    const [delay_ms, last] = [LATENCY_MS[8]!, received];
    proxy.delay(delay_ms);
    const sent = performance.now();
    await post(1);
    await until('the event', () => received > last);
    const longest = performance.now() - sent;
    const after = await until('its arrival', async () => {
      const now = (await arrival())!;
      return now.count > before.count ? now : undefined;
    });
    expect(after!.count).toBe(before.count + 1);
    const index = after!.classes.findIndex((count, at) => count > before.classes[at]!);
    // The server's times are whole milliseconds.
    const error_ms = realtime.stats().clock!.uncertaintyMs + 1;
    expect(LATENCY_MS[index]).toBeGreaterThanOrEqual(delay_ms - error_ms);
    expect(LATENCY_MS[index - 1]).toBeLessThanOrEqual(longest + error_ms);
  });

  it('name an event that arrived once, also after a move to another wire', async () => {
    await start('legacy', { reportEveryMs: 1 });
    const arrivals = async (wire: WireName) => (await reported(wire)).arrival?.count ?? 0;
    await post(1);
    await until('the arrival on the old wire', async () => (await arrivals('legacy')) === 1);
    await client.connection.switchTo('socketio');
    await post(1);
    await until('the arrival on the new wire', async () => (await arrivals('socketio')) === 1);
    expect(await arrivals('legacy')).toBe(1);
  });

  it('are sent again until one arrives', async () => {
    const http = await FaultProxy.to(toys.port);
    http.refuse();
    try {
      await start('socketio', {
        reportEveryMs: 1,
        fetch: (input, init) => fetch((input as string).replace(proxy.url, http.url), init),
      });
      await post(3);
      await until('refused reports', () => http.refused > 2);
      await post(2);
      expect(await reported('socketio')).toMatchObject({ events: 0 });
      http.accept();
      await until('five reported events', async () => (await reported('socketio')).events === 5);
    } finally {
      await http.close();
    }
  });

  it('tell the moves that were made, and why others failed', async () => {
    await start('legacy', { reportEveryMs: 1 });
    await client.connection.switchTo('socketio');
    await changeStage(toys, 'board', { stage: 'retired', force: true });
    await expect(client.connection.switchTo('legacy')).rejects.toMatchObject({ code: 'service.retired' });
    await until('the failed move', async () => (await reported('legacy')).moves_failed?.['service.retired'] === 1);
    await until('the move', async () => (await reported('socketio')).moves === 1);
    expect(await reported('legacy')).toMatchObject({ moves: 0 });
  });

  it('are not sent before their time, but when the page is closed', async () => {
    let requests = 0;
    await start('socketio', {
      fetch: (input, init) => {
        requests += 1;
        return fetch(input, init);
      },
    });
    await post(4);
    await until('four events', () => received === 4);
    expect(requests).toBe(0);
    realtime.close();
    await until('the report', async () => (await reported('socketio')).events === 4);
    expect(requests).toBe(1);
  });

  it('are not sent by a page that wants none', async () => {
    let requests = 0;
    await start('socketio', { reportEveryMs: 0, fetch: () => Promise.reject(new Error(`request ${(requests += 1)}`)) });
    await post(4);
    await until('four events', () => received === 4);
    realtime.close();
    await until('nobody there', async () => (await toys.board.present('b')).length === 0);
    expect(requests).toBe(0);
  });
});

async function sendTo({ url }: ToyApp, body: unknown, query = `?client_id=${CLIENT}`): Promise<number> {
  const response = await fetch(`${url}/realtime/stats${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.status;
}

async function reportedTo(toys: ToyApp) {
  const { wires } = (await figuresOf(toys, 'board')).totals;
  return Object.fromEntries(Object.entries(wires).map(([wire, figures]) => [wire, figures.reported]));
}

describe('a report', () => {
  // None of them is counted, so that they can share it.
  let toys: ToyApp;
  beforeAll(async () => {
    toys = await startToys();
  });
  afterAll(() => toys.close());

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'counts'],
    ['no counts', { counts: null }],
    ['a list', { counts: [1, 2] }],
    ['an unknown service', { counts: { 'nothing/socketio/events': 1 } }],
    ['an inherited name', { counts: { 'constructor/socketio/events': 1, 'board/__proto__/events': 1 } }],
    ['a wire that the service has not', { counts: { 'board/carrier-pigeon/events': 1 } }],
    ['a figure of the server', { counts: { 'board/socketio/joins': 1, 'board/socketio/reported_events': 1 } }],
    [
      'a code where none belongs',
      { counts: { 'board/socketio/events/call.failed': 1, 'board/socketio/moves_failed': 1 } },
    ],
    ['a code that is none', { counts: { 'board/socketio/moves_failed/<script>': 1 } }],
    ['a text for a count', { counts: { 'board/legacy/events': '5' } }],
    ['nothing for a count', { counts: { 'board/legacy/events': null } }],
    ['no arrivals', { arrivals: 'many', uncertainty_ms: 0 }],
    ['an arrival of nothing', { arrivals: { 'board/socketio': null, 'nothing/socketio': {} }, uncertainty_ms: 0 }],
    ['a long name', { counts: { [`board/socketio/${'e'.repeat(10_000)}`]: 1 } }],
  ])('with %s is taken and not counted', async (_, body) => {
    expect(await sendTo(toys, body)).toBe(200);
    expect(await reportedTo(toys)).toEqual({});
  });
});

describe('a report', () => {
  let toys: ToyApp;
  beforeEach(async () => {
    toys = await startToys();
  });
  afterEach(() => toys.close());

  const send = (body: unknown, query?: string) => sendTo(toys, body, query);
  const reported = () => reportedTo(toys);
  const NEVER = { count: 0, p50_ms: null, p99_ms: null, classes: LATENCY_MS.map(() => 0) };
  const NONE = {
    arrival: NEVER,
    events: 0,
    duplicates: 0,
    gaps: 0,
    reconnects: 0,
    outage_ms: 0,
    moves: 0,
    moves_failed: {},
  };

  it('is counted on the wires that it names, with its codes', async () => {
    const counts = {
      'board/socketio/moves': 2,
      'board/socketio/moves_failed/wire.lost': 3,
      'board/legacy/gaps': 1,
      'board/polling/events': 4.4,
      'board/socketio/events': -1,
      'board/sse/events': 0.4,
    };
    expect(await send({ counts })).toBe(200);
    expect(await reported()).toEqual({
      socketio: { ...NONE, moves: 2, moves_failed: { 'wire.lost': 3 } },
      legacy: { ...NONE, gaps: 1 },
      polling: { ...NONE, events: 4 },
    });
  });

  it('is not believed beyond what a page can see', async () => {
    const counts = { 'board/socketio/events': 1e300, 'board/socketio/outage_ms': 1e12 };
    await send({ counts });
    const { socketio } = await reported();
    expect(socketio).toMatchObject({ events: 100_000, outage_ms: 3_600_000 });
  });

  it('has a limited number of counts that are read, and codes that the server knows', async () => {
    const letters = (n: number) => String(n).replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!);
    const codes = ['wire.lost', ...Array.from({ length: 600 }, (_, n) => `made.up_${letters(n)}`)];
    await send({ counts: Object.fromEntries(codes.map((code) => [`board/socketio/moves_failed/${code}`, 1])) });
    expect((await reported()).socketio!.moves_failed).toEqual({ 'wire.lost': 1, other: 499 });
  });

  describe('of an event that arrived', () => {
    let position: { epoch: string; offset: number };
    beforeEach(async () => {
      toys.board.open('b');
      await toys.board.postMany({ board_id: 'b', count: 3 });
      const reply = (await (await fetch(`${toys.url}/realtime/rooms/board/b`)).json()) as JoinReply;
      position = { epoch: reply.epoch, offset: reply.offset };
    });

    const arrived = (change: object = {}) => {
      return { 'board/socketio': { room: 'board_b', ...position, at: Date.now(), ...change } };
    };
    const count = async () => (await reported()).socketio?.arrival.count ?? 0;

    it('is counted while the page knows the clock of the server well enough', async () => {
      await send({ arrivals: arrived(), uncertainty_ms: 50 });
      expect(await count()).toBe(1);
      for (const uncertainty_ms of [50.1, null, '1', undefined]) await send({ arrivals: arrived(), uncertainty_ms });
      expect(await count()).toBe(1);
      await send({ arrivals: arrived({ offset: 1 }), uncertainty_ms: 0 });
      expect(await count()).toBe(2);
    });

    it.each<[string, object]>([
      ['room', { room: 'board_c' }],
      ['room of another service', { room: 'meter_b' }],
      ['event', { offset: 4 }],
      ['event before the first', { offset: 0 }],
      ['epoch', { epoch: 'another' }],
      ['time', { at: 'now' }],
    ])('is taken and not counted when there is no such %s', async (_, change) => {
      expect(await send({ arrivals: arrived(change), uncertainty_ms: 0 })).toBe(200);
      expect(await count()).toBe(0);
    });
  });

  it('is counted twenty times a minute for each client, and not from nobody', async () => {
    const counts = { 'board/socketio/events': 1 };
    for (let n = 0; n < 25; n += 1) expect(await send({ counts })).toBe(200);
    expect(await send({ counts }, '?client_id=client-number-000002')).toBe(200);
    expect(await send({ counts }, '')).toBe(200);
    expect((await reported()).socketio!.events).toBe(21);
  });
});

describe('the reserved call report_stats', () => {
  it('counts a report in a namespace and over HTTP, outside the limit of calls, and refuses none', async () => {
    const toys = await startToys({ callRate: { limit: 1, window_ms: 60_000 } });
    toys.board.open('b');
    const socket = await openSocket(toys.url, '/board', { auth: { client_id: CLIENT } }).connected();
    const counts = { 'board/socketio/duplicates': 2 };
    const answer = { ok: true, data: expect.objectContaining({ server_time: expect.any(String) }) };
    expect(await socket.call('report_stats', { counts })).toEqual(answer);
    expect(await socket.call('report_stats', { counts })).toEqual(answer);
    expect(await socket.call('report_stats', 'nonsense')).toEqual(answer);
    const response = await fetch(`${toys.url}/realtime/calls/board/report_stats?client_id=${CLIENT}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ counts }),
    });
    expect(await response.json()).toEqual(answer);
    expect((await figuresOf(toys, 'board')).totals.wires.socketio!.reported.duplicates).toBe(6);
    await toys.close();
  });
});
