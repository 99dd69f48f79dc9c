/** Formats times in milliseconds as median and maximum. */
export function timesOf(times: readonly number[]): { median: number; worst: number } {
  const sorted = times.map(Math.round).sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1]!, worst: sorted.at(-1)! };
}
