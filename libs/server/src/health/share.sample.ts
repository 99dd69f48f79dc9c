import { rateOf, together, type Share } from './exact.tail.js';
import type { ArmWindow } from './figure.window.js';

/** How many standard errors are taken off an estimate; without that, chance would hide real failures. */
const MARGIN = 1;

/** A share, and the same share in the parts of its windows. */
export interface Sample extends Share {
  parts: readonly Share[];
}

/** A share of windows of one arm. */
export function sampleOf(windows: readonly ArmWindow[], share: (window: ArmWindow) => Share): Sample {
  return {
    ...windows.map((window) => share(window)).reduce(together, { count: 0, of: 0 }),
    parts: windows.flatMap(({ parts }) => parts.map((part) => share(part))),
  };
}

/** Two samples together. */
export function joined(a: Sample, b: Sample): Sample {
  return { ...together(a, b), parts: [...a.parts, ...b.parts] };
}

/**
 * A sample as if failures that come together were one (Rao and Scott): the exact tests take failures to be independent, and
 * a page that loses five calls at once is one cause.
 */
export function independentOf(sample: Sample): Share {
  const dispersion = dispersionOf(sample.parts);
  return { count: Math.round(sample.count / dispersion), of: Math.round(sample.of / dispersion) };
}

/** How many failures come together on the average, by Pearson's estimate from parts of a window; 1 when they are independent. */
function dispersionOf(parts: readonly Share[]): number {
  const filled = parts.filter(({ of }) => of > 0);
  const freedom = filled.length - 1;
  const rate = rateOf(filled.reduce(together, { count: 0, of: 0 }));
  if (freedom < 1 || rate === 0) return 1;
  const squares = filled.reduce((sum, { count, of }) => sum + (count - of * rate) ** 2 / (of * rate), 0);
  return Math.max(1, squares / freedom - MARGIN * Math.sqrt(2 / freedom));
}
