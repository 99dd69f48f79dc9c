const MAX_MS = 300_000;
const JITTER = 0.25;

/** Returns the wait after `failed` tries, in ms: `first`, doubled each time up to five minutes, with a jitter of a quarter. */
export function backOff(first: number, failed: number, random: () => number = Math.random): number {
  const wait = Math.min(first * 2 ** (failed - 1), MAX_MS);
  return Math.round(wait * (1 - JITTER + 2 * JITTER * random()));
}
