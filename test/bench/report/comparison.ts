import type { Measure } from '../measure/measure.js';
import type { System } from '../process/system.js';
import { spreadOf, type Spread } from './spread.js';

/** A system's figures for one quantity, by round. */
export interface Series {
  system: System['name'];
  label: string;
  values: number[];
}

/** A system's figures relative to the baseline. */
export interface Compared extends Series {
  figure: Spread;
  /** Each round's figure divided by the baseline's. */
  ratio: Spread;
  target?: number;
  met?: boolean;
}

/** Compares every system with the first one, round by round, because a slow round slows both. */
export function compare({ target, limit }: Measure, series: readonly Series[]): Compared[] {
  const baseline = series[0]!.values;
  return series.map((one) => {
    const figure = spreadOf(one.values);
    const ratio = spreadOf(one.values.map((value, round) => value / baseline[round]!));
    if (one !== series.at(-1)) return { ...one, figure, ratio };
    if (limit !== undefined) return { ...one, figure, ratio, target: limit, met: figure.max <= limit };
    return { ...one, figure, ratio, ...(target !== undefined && { target, met: ratio.median <= target }) };
  });
}
