import { LATENCY_MS } from '@switchyard/contract';
import { windowOf } from '../../../../test/harness/figure.windows.js';
import { randomFrom } from '../../../../test/harness/random.js';
import { latencyOf } from '../figures/figure.sum.js';
import type { ArmWindow, FigureWindow } from './figure.window.js';
import { judge } from './health.verdict.js';
import { WINDOW_PARTS } from './service.windows.js';
import { SLO_DEFAULTS, type Slo } from './slo.js';

const SLO: Slo = {
  ...SLO_DEFAULTS,
  thresholds: {
    joins_failed: { max: 0.005, over_legacy: 0.005 },
    calls_failed: { max: 0.005, over_legacy: 0.005 },
    delivery_p99_ms: { max: 1000, over_legacy: 5 },
  },
};
const NOTHING = windowOf({ calls: 1 }).arms.socketio.figures!;

/** How many calls come together. */
const TOGETHER = 5;

/** What happened in a part of a window. */
interface Part {
  calls: number;
  failed: number;
  slow: number;
}

/** Makes windows at random. */
class Noise {
  constructor(private readonly random: () => number) {}

  /** A window in which each of `of` calls fails with probability `rate`, in bursts of so many at once. */
  window(of: number, rate: number, burst = 1): FigureWindow {
    const legacy = this.between(0, 2000);
    return {
      began: 0,
      ended: 10_000,
      arms: { socketio: this.arm(of, rate, burst), legacy: this.arm(legacy, Math.min(rate, 0.002), burst) },
    };
  }

  between(least: number, most: number): number {
    return Math.floor(least + this.random() * (most - least + 1));
  }

  private arm(of: number, rate: number, burst: number): ArmWindow {
    const parts = Array.from({ length: WINDOW_PARTS }, (): Part => ({ calls: 0, failed: 0, slow: 0 }));
    // Calls come a few at a time.
    const partsOfCalls = Array.from(
      { length: Math.ceil(of / TOGETHER) },
      () => parts[this.between(0, WINDOW_PARTS - 1)]!,
    );
    for (const part of partsOfCalls) part.calls += TOGETHER;
    const partOf = (call: number) => partsOfCalls[Math.floor(call / TOGETHER)]!;
    for (const call of this.some(of, rate / burst)) partOf(call).failed += burst;
    for (const call of this.some(of, 0.005 / burst)) partOf(call).slow += burst;
    const sum = (name: keyof Part) => parts.reduce((total, part) => total + part[name], 0);
    const whole = armOf({ calls: sum('calls'), failed: sum('failed'), slow: sum('slow') });
    return { ...whole, parts: parts.map((part) => armOf(part)) };
  }

  /** Those of the numbers below `of` that are taken, each with this probability. */
  private some(of: number, probability: number): number[] {
    const skip = () => 1 + Math.floor(Math.log(1 - this.random()) / Math.log1p(-probability));
    const taken: number[] = [];
    for (let n = skip() - 1; n < of; n += skip()) taken.push(n);
    return taken;
  }
}

function armOf({ calls, failed, slow }: Part): ArmWindow {
  const failures = { 'call.failed': failed };
  const quick = Math.max(0, calls - failed);
  const classes = LATENCY_MS.map((ms) => (ms === 20 ? calls : ms === 2000 ? slow : 0));
  const figures = {
    ...NOTHING,
    calls: quick,
    calls_failed: failures,
    joins: quick,
    joins_failed: failures,
    delivery: latencyOf(classes),
  };
  return { figures, fallbackJoins: 0, open: 0, parts: [] };
}

/** How many of the windows are breaches. */
function breaches(windows: readonly FigureWindow[]): number {
  return windows.filter((now, index) => {
    const before = windows[index - 1];
    const last = { now, ...(before && { before }) };
    return judge(SLO, { settled: last, recent: last }).state === 'breached';
  }).length;
}

describe('a simulated service', () => {
  it.each([
    ['each on its own', 0.0045, 1],
    ['in bursts of two', 0.002, 2],
    ['in bursts of three', 0.002, 3],
    ['in bursts of five', 0.002, 5],
    ['in bursts of ten', 0.002, 10],
  ])('never breaches in 1,000 healthy windows when calls fail %s', (_, rate, burst) => {
    const noise = new Noise(randomFrom(1));
    const windows = Array.from({ length: 1000 }, (_, n) =>
      noise.window(noise.between(0, n % 4 ? 500 : 2000), rate, burst),
    );
    expect(breaches(windows)).toBe(0);
  });

  it('breaches within two windows when 5 % of its calls fail', () => {
    const SEEDS = 1000;
    const found = (of: number, seeds: number) => {
      const noises = Array.from({ length: seeds }, (_, seed) => new Noise(randomFrom(seed + 1)));
      return noises.filter((noise) => breaches([noise.window(of, 0.05), noise.window(of, 0.05)]) > 0).length;
    };
    // 99 % at the least sample; every one with more.
    expect(found(200, SEEDS)).toBeGreaterThanOrEqual(SEEDS * 0.99);
    expect(found(400, 300)).toBe(300);
  });
});
