import { windowOf } from '../../../../test/harness/figure.windows.js';
import { randomFrom } from '../../../../test/harness/random.js';
import type { FigureWindow } from './figure.window.js';
import { judge } from './health.verdict.js';
import { SLO_DEFAULTS, type Slo } from './slo.js';

const SLO: Slo = {
  ...SLO_DEFAULTS,
  thresholds: {
    joins_failed: { max: 0.005, over_legacy: 0.005 },
    calls_failed: { max: 0.005, over_legacy: 0.005 },
    delivery_p99_ms: { max: 1000, over_legacy: 5 },
  },
};

/** Makes windows at random; failures come in bursts of this size. */
class Noise {
  constructor(private readonly random: () => number) {}

  /** How many of `of` fail with probability `rate` each, when they fail in bursts. */
  private count(of: number, rate: number, burst: number): number {
    if (rate === 0) return 0;
    let bursts = 0;
    const skip = () => 1 + Math.floor(Math.log(1 - this.random()) / Math.log1p(-rate));
    for (let n = skip(); n <= of / burst; n += skip()) bursts += 1;
    return bursts * burst;
  }

  private between(least: number, most: number): number {
    return Math.floor(least + this.random() * (most - least + 1));
  }

  private arm(of: number, rate: number, burst: number) {
    const failed = this.count(of, rate, burst);
    const slow = this.count(of * 3, 0.005, burst);
    return {
      calls: of - failed,
      failed,
      joins: of,
      failedJoins: this.count(of, rate, 1),
      deliveries: { 20: of * 3 - slow, 2000: slow },
    };
  }

  /** A window of a service whose clients fare well: close to the limit, or with bursts at a lower rate. */
  healthy(): FigureWindow {
    const of = this.between(0, this.random() < 0.5 ? 250 : 5000);
    const isBursting = this.random() < 0.5;
    const rate = isBursting ? 0.002 : 0.0045;
    const burst = isBursting ? this.between(2, 3) : 1;
    return windowOf(this.arm(of, rate, burst), this.arm(this.between(0, 2000), rate, burst));
  }

  private failures(of: number, rate: number) {
    const failed = this.count(of, rate, 1);
    return { calls: of - failed, failed };
  }

  /** A window in which so many calls fail on the new wire. */
  failing(of: number, rate: number): FigureWindow {
    return windowOf({ ...this.arm(of, 0, 1), ...this.failures(of, rate) }, this.arm(200, 0.001, 1));
  }
}

/** How many of the windows are breaches. */
function breaches(windows: readonly FigureWindow[]): number {
  return windows.filter((now, index) => judge(SLO, now, windows[index - 1]).state === 'breached').length;
}

describe('a simulated service', () => {
  it('never breaches in 1,000 healthy windows of noise', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const noise = new Noise(randomFrom(seed));
      const windows = Array.from({ length: 1000 }, () => noise.healthy());
      expect({ seed, breaches: breaches(windows) }).toEqual({ seed, breaches: 0 });
    }
  });

  it('breaches within two windows when 5 % of its calls fail', () => {
    const SEEDS = 500;
    const found = (of: number) => {
      const seeds = Array.from({ length: SEEDS }, (_, seed) => new Noise(randomFrom(seed + 1)));
      return seeds.filter((noise) => breaches([noise.failing(of, 0.05), noise.failing(of, 0.05)]) > 0).length;
    };
    // 99 % of the seeds at the least sample; every one with more.
    expect(found(200)).toBeGreaterThanOrEqual(SEEDS * 0.98);
    expect(found(400)).toBe(SEEDS);
  });
});
