import { Realtime, ServiceClient } from '@switchyard/client';
import type { WireName } from '@switchyard/contract';
import { WebSocket } from 'ws';
import { FaultProxy } from '../harness/fault-proxy.js';
import { randomFrom } from '../harness/random.js';
import { boardConfig } from '../toys/board.config.js';
import { board, boardLegacy, type BoardTypes } from '../toys/board.toy.js';
import { startToys } from '../toys/toy.app.js';

/** The number of cuts; `CUTS=200 npm test -- test/e2e/cuts` makes more. */
const CUTS = Number(process.env.CUTS ?? 20);
const EVERY_MS = 1000 / 20;

describe.each<WireName>(['socketio', 'legacy'])('a log room at 20 events a second, over %s', (wire) => {
  it(
    `delivers each event once and in order through ${CUTS} cuts, clean and half-open`,
    async () => {
      const random = randomFrom(CUTS);
      // A half-open connection is noticed by its silence.
      const toys = await startToys({ pingIntervalMs: 150, pingTimeoutMs: 150 });
      const proxy = await FaultProxy.to(toys.port);
      const realtime = new Realtime({
        url: `http://127.0.0.1:${proxy.port}`,
        WebSocket,
        reconnect: { minMs: 10, maxMs: 50 },
        config: boardConfig(wire),
      });
      const client = new ServiceClient<BoardTypes>(realtime, board, { legacy: boardLegacy });
      const key = toys.board.open('b');
      const texts: string[] = [];
      let snapshots = 0;
      let awaited: { count: number; resolve: () => void } | undefined;
      const subscription = client.room(key).messages$.subscribe((message) => {
        if (message.kind === 'snapshot') {
          snapshots += 1;
          texts.splice(0, Infinity, ...message.snapshot.notes.map(({ text }) => text));
        } else if (message.kind === 'event' && message.event === 'note') {
          texts.push(message.payload.text);
        }
        if (awaited && texts.length >= awaited.count) awaited.resolve();
      });
      const received = (count: number) =>
        texts.length >= count ? undefined : new Promise<void>((resolve) => (awaited = { count, resolve }));

      let written = 0;
      const writer = setInterval(() => void toys.board.post({ board_id: key, text: `${(written += 1)}` }), EVERY_MS);
      try {
        for (let cut = 0; cut < CUTS; cut += 1) {
          await received(texts.length + 1 + Math.floor(random() * 4));
          if (random() < 0.5) proxy.cutClean();
          else proxy.halfOpen();
        }
        clearInterval(writer);
        await received(written);
      } finally {
        clearInterval(writer);
        subscription.unsubscribe();
        realtime.close();
        await proxy.close();
        await toys.close();
      }
      expect(texts).toEqual(Array.from({ length: written }, (_, n) => `${n + 1}`));
      expect(snapshots).toBe(1);
      // A cut before the last one was noticed causes no reconnect of its own.
      expect(realtime.stats().reconnects).toBeGreaterThanOrEqual(CUTS / 2);
    },
    CUTS * 5000,
  );
});
