import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { leastWait, SlidingWindow } from './sliding.window.js';

const LONG_MS = 600_000;
const SHORT_MS = 60;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const heap = () => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};

describe('a sliding window', () => {
  it('accepts calls of each caller up to the limit, and then returns the wait', () => {
    const began = performance.now();
    const window = new SlidingWindow({ limit: 3, window_ms: LONG_MS });
    expect([1, 2, 3].map(() => window.consume('ann'))).toEqual([0, 0, 0]);
    const wait = window.consume('ann');
    expect(wait).toBeLessThanOrEqual(LONG_MS);
    expect(wait).toBeGreaterThan(LONG_MS - (performance.now() - began) - 1);
    expect(window.consume('bob')).toBe(0);
  });

  it('never accepts more than the limit in any window', async () => {
    const limit = 5;
    const window = new SlidingWindow({ limit, window_ms: SHORT_MS });
    const taken: { before: number; after: number }[] = [];
    while (taken.length < 12 * limit) {
      const before = performance.now();
      if (window.consume('ann') === 0) taken.push({ before, after: performance.now() });
      else await turn();
    }
    for (let n = limit; n < taken.length; n += 1) {
      expect(taken[n]!.after - taken[n - limit]!.before).toBeGreaterThanOrEqual(SHORT_MS);
    }
  });

  it('keeps a refused caller waiting as long as announced, even if there is room before', async () => {
    const rate = { limit: 1, window_ms: SHORT_MS };
    const window = new SlidingWindow(rate);
    let [began, told] = [0, 0];
    while (told === 0) {
      began = performance.now();
      told = window.consume('ann');
    }
    expect(told).toBeGreaterThanOrEqual(leastWait(rate));
    while (window.consume('ann') > 0) await turn();
    expect(performance.now() - began).toBeGreaterThanOrEqual(leastWait(rate));
  });

  it('forgets callers that were idle for a whole window', async () => {
    const window = new SlidingWindow({ limit: 1, window_ms: SHORT_MS });
    for (let n = 0; n < 1000; n += 1) window.consume(`caller ${n}`);
    while (window.size > 1) {
      window.consume('another');
      await turn();
    }
  });

  it('holds no memory for calls that no longer count', () => {
    // This clock advances with each call; after a pause of the real one, the window would drop its caller as a whole.
    const real = performance.now.bind(performance);
    let now = real();
    performance.now = () => (now += 0.001);
    try {
      const window = new SlidingWindow({ limit: 1_000_000, window_ms: 50 });
      window.consume('ann');
      const before = heap();
      // Each takes eight bytes, so all would take 16 MB.
      for (let n = 0; n < 2_000_000; n += 1) window.consume('ann');
      expect(heap() - before).toBeLessThan(4_000_000);
      // The window is still in use here, so the heap had to hold its contents.
      expect(window.size).toBe(1);
    } finally {
      performance.now = real;
    }
  });
});
