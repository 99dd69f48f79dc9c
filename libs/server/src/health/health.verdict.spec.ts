import { LATENCY_MS } from '@switchyard/contract';
import { windowOf, windowOfParts } from '../../../../test/harness/figure.windows.js';
import type { FigureWindow } from './figure.window.js';
import { judge as judgeWindows } from './health.verdict.js';
import { SLO_DEFAULTS, type Slo, type Threshold, type ThresholdName } from './slo.js';

const sloWith = (thresholds: Partial<Record<ThresholdName, Threshold>>): Slo => ({ ...SLO_DEFAULTS, thresholds });
const CALLS = sloWith({ calls_failed: { max: 0.005, over_legacy: 0.005 } });
const judge = (slo: Slo, now: FigureWindow, before?: FigureWindow) => {
  const windows = { now, ...(before && { before }) };
  return judgeWindows(slo, { settled: windows, recent: windows });
};
const crossed = (slo: Slo, now: FigureWindow, before?: FigureWindow) => {
  const { state, breaches } = judge(slo, now, before);
  return { state, thresholds: breaches.map(({ threshold }) => threshold) };
};

describe('the verdict on a service', () => {
  it('is a breach when both windows are over the limit, and together beyond chance', () => {
    const window = windowOf({ calls: 190, failed: 10 });
    const { state, breaches } = judge(CALLS, window, window);
    expect(state).toBe('breached');
    expect(breaches).toEqual([
      {
        threshold: 'calls_failed',
        observed: 0.05,
        limit: 0.005,
        sample: 400,
        text: '5 % of 400 calls failed on the new wire, more than 0.5 %',
      },
    ]);
  });

  it('is none for one bad window among good ones', () => {
    const bad = windowOf({ calls: 190, failed: 10 });
    const good = windowOf({ calls: 200 });
    expect(judge(CALLS, bad, good)).toMatchObject({ state: 'healthy', breaches: [] });
    expect(judge(CALLS, good, bad)).toMatchObject({ state: 'healthy', breaches: [] });
    expect(judge(CALLS, bad)).toMatchObject({ state: 'healthy', breaches: [] });
  });

  it('is a breach after one window in which half of everything fails', () => {
    expect(crossed(CALLS, windowOf({ calls: 100, failed: 100 }))).toEqual({
      state: 'breached',
      thresholds: ['calls_failed'],
    });
  });

  it('adds up two windows with half of the sample each, and is unknown without the sample', () => {
    const half = windowOf({ calls: 80, failed: 20 });
    expect(crossed(CALLS, half, half).state).toBe('breached');
    expect(judge(CALLS, half)).toEqual({
      state: 'unknown',
      breaches: [],
      reason: 'too little happened: 100 of 200 calls in the last 10 s',
      sample: { what: 'calls', has: 100, needs: 200, over_s: 10 },
    });
  });

  it('does not count what the clients did wrong, nor what another wire could not do better', () => {
    for (const code of [
      'input.invalid',
      'room.forbidden',
      'rate.limited',
      'service.draining',
      'store.unavailable',
      'upstream.unavailable',
      'other',
    ]) {
      const window = windowOf({ calls: 200, failed: 150, code });
      expect(crossed(CALLS, window, window)).toEqual({ state: 'healthy', thresholds: [] });
    }
  });

  it('is unknown when the clients of the old wire fare no better', () => {
    const window = windowOf({ calls: 180, failed: 20 }, { calls: 180, failed: 18 });
    expect(judge(CALLS, window, window)).toEqual({
      state: 'unknown',
      breaches: [],
      reason: "the old wire's clients fare no better",
    });
  });

  it('is a breach below the absolute limit when the old wire is much better', () => {
    const slo = sloWith({ calls_failed: { max: 0.2, over_legacy: 0.01 } });
    const window = windowOf({ calls: 1900, failed: 100 }, { calls: 2000, failed: 2 });
    expect(judge(slo, window, window).breaches).toMatchObject([
      { threshold: 'calls_failed', observed: 0.05, legacy: expect.closeTo(0.001, 4) as number, sample: 2000 },
    ]);
    const near = windowOf({ calls: 1980, failed: 20 }, { calls: 2000, failed: 2 });
    expect(crossed(slo, near, near).state).toBe('healthy');
  });

  it('looks at joins, and at those that needed a snapshot', () => {
    const slo = sloWith({ joins_failed: { max: 0.005 }, resets: { max: 0.2 } });
    const window = windowOf({ joins: 300, failedJoins: 30, reset: 150, recovered: 150 });
    expect(crossed(slo, window, window).thresholds).toEqual(['joins_failed', 'resets']);
  });

  it('does not look at a threshold that is not declared', () => {
    const window = windowOf({ calls: 10, failed: 400 });
    expect(crossed(sloWith({ joins_failed: { max: 0.005 } }), window, window).state).toBe('unknown');
  });
});

describe('the verdict on failures that come together', () => {
  const quiet = { calls: 40 };
  const bad = { calls: 28, failed: 12 };

  it('is no breach for a bad second in each of two windows, and one for the same failures all the time', () => {
    const second = windowOfParts([quiet, quiet, bad, quiet, quiet]);
    expect(crossed(CALLS, second, second).state).toBe('healthy');
    const always = windowOfParts([bad, bad, bad, bad, bad]);
    expect(crossed(CALLS, always, always).state).toBe('breached');
  });

  it('is no breach for one second in which everything fails, and one when that lasts', () => {
    const dead = { failed: 40 };
    expect(crossed(CALLS, windowOfParts([quiet, quiet, quiet, quiet, dead])).state).toBe('healthy');
    expect(crossed(CALLS, windowOfParts([quiet, quiet, dead, dead, dead])).state).toBe('breached');
  });
});

describe('the verdict on a service with few clients', () => {
  const few = windowOf({ calls: 5 });
  const last = { now: few, before: few };
  const judgeLong = (...parts: { calls: number; failed?: number }[]) =>
    judgeWindows(CALLS, { settled: last, recent: last, long: windowOfParts(parts) });

  it('is what everything since the last change says', () => {
    expect(judgeLong({ calls: 100 }, { calls: 100 })).toMatchObject({ state: 'healthy' });
    expect(judgeLong({ calls: 95, failed: 5 }, { calls: 94, failed: 6 }).breaches).toMatchObject([{ sample: 200 }]);
    expect(judgeLong({ calls: 100, failed: 11 }, { calls: 100 }, { calls: 100 }).state).toBe('healthy');
  });

  it('says how much there is of how much', () => {
    const long = { ...windowOfParts([{ calls: 120 }]), ended: 14 * 60_000 };
    const { state, reason, sample } = judgeWindows(CALLS, { settled: last, recent: last, long });
    expect(state).toBe('unknown');
    expect(reason).toBe('too little happened: 120 of 200 calls in the last 14 min');
    expect(sample).toEqual({ what: 'calls', has: 120, needs: 200, over_s: 840 });
  });
});

describe('the verdict on the time of deliveries', () => {
  const slo = sloWith({ delivery_p99_ms: { max: 1000, over_legacy: 3 } });
  const slow = { 10: 900, 5000: 100 };

  it('is a breach when too many are slow in two windows', () => {
    const window = windowOf({ deliveries: slow });
    expect(judge(slo, window, window).breaches).toEqual([
      {
        threshold: 'delivery_p99_ms',
        observed: 5000,
        limit: 1000,
        sample: 2000,
        text: '99 of 100 of 2000 deliveries took up to 5000 ms on the new wire, more than 1000 ms',
      },
    ]);
  });

  it('is none after one slow window, however slow', () => {
    expect(crossed(slo, windowOf({ deliveries: { 30000: 2000 } }), windowOf({ deliveries: { 10: 2000 } })).state).toBe(
      'healthy',
    );
  });

  it('is none when one class is crossed by a few', () => {
    const window = windowOf({ deliveries: { 10: 985, 2000: 15 } });
    expect(crossed(slo, window, window).state).toBe('healthy');
  });

  it('compares with the old wire, but never below 100 ms', () => {
    const old = { deliveries: { 100: 1000 } };
    const window = windowOf({ deliveries: { 10: 900, 500: 100 } }, old);
    expect(judge(slo, window, window).breaches).toMatchObject([{ observed: 500, limit: 300, legacy: 100 }]);
    const quick = windowOf({ deliveries: { 100: 1000 } }, { deliveries: { 1: 1000 } });
    expect(crossed(slo, quick, quick).state).toBe('healthy');
  });

  it('has the classes of the figures', () => {
    expect(LATENCY_MS).toEqual(expect.arrayContaining([1, 10, 100, 300, 500, 1000, 2000, 5000, 30_000]));
  });
});

describe('the verdict on lost connections', () => {
  const slo = sloWith({ connections_lost: { max: 0.3, over_legacy: 0.2, min_sample: 10 } });

  it('is a breach when the lost clients have not come back in the window after it', () => {
    const now = windowOf({ open: 20 });
    expect(judge(slo, now, windowOf({ open: 320, lost: 300 })).breaches).toMatchObject([
      { threshold: 'connections_lost', limit: 0.3, sample: 320 },
    ]);
  });

  it('is a breach when they were lost right after they came, while others still move', () => {
    const before = windowOfParts([{ opened: 300 }, { lost: 300 }]);
    const { state, breaches } = judgeWindows(slo, { settled: {}, recent: { now: windowOf({}), before } });
    expect(state).toBe('breached');
    expect(breaches).toMatchObject([{ threshold: 'connections_lost', sample: 300 }]);
    const moving = windowOfParts([{ opened: 300 }, { opened: 100 }]);
    expect(judgeWindows(slo, { settled: {}, recent: { now: windowOf({}), before: moving } }).state).toBe('unknown');
  });

  it('waits for the next window before it says so', () => {
    expect(crossed(slo, windowOf({ open: 300, lost: 300 }), windowOf({ open: 300 })).state).toBe('healthy');
  });

  it('is none when they have come back, in the same window or in the next', () => {
    const back = windowOf({ open: 20, opened: 200 });
    expect(crossed(slo, back, windowOf({ open: 300, lost: 300, opened: 100 })).state).toBe('healthy');
  });

  it('is none for a few of many, nor for the few clients of a small service', () => {
    expect(crossed(slo, windowOf({ open: 260 }), windowOf({ open: 300, lost: 40 })).state).toBe('healthy');
    expect(crossed(slo, windowOf({ open: 0 }), windowOf({ open: 9, lost: 9 })).state).toBe('unknown');
  });

  it('is unknown when the old wire has lost as many: it is the network', () => {
    const before = windowOf({ open: 300, lost: 300 }, { open: 300, lost: 280 });
    expect(crossed(slo, windowOf({}), before).state).toBe('unknown');
  });

  it('is a breach when everybody joins on a fallback', () => {
    const hung = sloWith({ fallbacks: { max: 0.5 } });
    expect(crossed(hung, windowOf({ joins: 300, fallbackJoins: 300 })).thresholds).toEqual(['fallbacks']);
    const some = windowOf({ joins: 300, fallbackJoins: 120 });
    expect(crossed(hung, some, some).state).toBe('healthy');
  });
});
