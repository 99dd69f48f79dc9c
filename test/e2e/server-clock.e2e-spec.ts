import {
  Realtime,
  ServiceClient,
  type LegacySocket,
  type RealtimeOptions,
  type ServiceClientOptions,
} from '@switchyard/client';
import { WebSocket } from 'ws';
import { FaultProxy } from '../harness/fault-proxy.js';
import { until } from '../harness/until.js';
import { boardConfig } from '../toys/board.config.js';
import { boardRoot } from '../toys/board.root.js';
import { board, boardLegacy, type BoardTypes } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const DELAY_MS = 60;

/** A socket that never opens, so that its page polls. */
class NoSocket implements LegacySocket {
  addEventListener(type: string, listener: (event: never) => void): void {
    if (type === 'close') setTimeout(() => listener({ code: 1006, reason: '' } as never));
  }
  send(): void {}
  close(): void {}
}

const legacy = { legacy: boardLegacy };
const WAYS: [name: string, options: RealtimeOptions, oldWire: ServiceClientOptions<BoardTypes>][] = [
  ['a join on Socket.IO', { config: boardConfig('socketio') }, legacy],
  ['a join on an old wire with a path', { config: boardConfig('legacy') }, legacy],
  ['a join on the root namespace', { config: boardConfig('legacy') }, { root: boardRoot }],
  [
    'a poll',
    {
      config: boardConfig('legacy'),
      WebSocket: NoSocket,
      fallbacks: ['polling'],
      polling: { afterAttempts: 1, intervalMs: 20 },
    },
    legacy,
  ],
];

describe('the server’s clock, as a client estimates it from a late answer', () => {
  let toys: ToyApp;
  let proxy: FaultProxy;
  let realtime: Realtime;
  beforeAll(async () => {
    toys = await startToys();
    toys.board.open('b');
  });
  afterAll(() => toys.close());
  beforeEach(async () => {
    proxy = await FaultProxy.to(toys.port);
    proxy.delay(DELAY_MS);
  });
  afterEach(async () => {
    realtime.close();
    await proxy.close();
  });

  const isHonest = () => {
    const { offsetMs, uncertaintyMs } = realtime.stats().clock!;
    expect(uncertaintyMs).toBeGreaterThanOrEqual(DELAY_MS);
    // Server and client share one clock here, and read it in whole milliseconds.
    expect(Math.abs(offsetMs)).toBeLessThanOrEqual(uncertaintyMs + 2);
  };

  it.each(WAYS)('to %s is off by at most its stated uncertainty', async (_name, options, oldWire) => {
    realtime = new Realtime({ url: proxy.url, WebSocket, reconnect: { minMs: 5, maxMs: 10 }, ...options });
    new ServiceClient<BoardTypes>(realtime, board, oldWire).room('b').messages$.subscribe();
    await until('an estimate', () => realtime.stats().clock !== undefined);
    isHonest();
  });

  it('to the configuration is off by at most its stated uncertainty', async () => {
    realtime = new Realtime({ url: proxy.url, WebSocket });
    const call = new ServiceClient<BoardTypes>(realtime, board).call('post', { board_id: 'b', text: 'a' });
    await until('an estimate', () => realtime.stats().clock !== undefined);
    isHonest();
    await call;
  });
});
