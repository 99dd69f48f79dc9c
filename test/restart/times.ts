/** What is said of times in ms: the median and the longest. */
export function timesOf(times: readonly number[]): { median: number; worst: number } {
  const sorted = times.map(Math.round).sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1]!, worst: sorted.at(-1)! };
}
