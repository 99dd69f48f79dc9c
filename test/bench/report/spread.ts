/** The median and the range of figures. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** Returns the median and the range of at least one figure; with an even number, the median is between the middle two. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[Math.floor(index)]!;
  const middle = (sorted.length - 1) / 2;
  return { median: (at(middle) + at(middle + 0.5)) / 2, min: sorted[0]!, max: sorted.at(-1)! };
}
