/** How long to wait between attempts, in milliseconds; there is no last attempt. */
export interface BackoffOptions {
  delayMs: number;
  delayMaxMs: number;
}

export const DEFAULT_BACKOFF: BackoffOptions = { delayMs: 500, delayMaxMs: 1500 };

/** The wait before attempt `failures + 1`, jittered so that clients cut off together do not come back together. */
export function backoffDelay({ delayMs, delayMaxMs }: BackoffOptions, failures: number): number {
  const ceiling = Math.min(delayMaxMs, delayMs * 1.5 * 2 ** Math.min(failures, 10));
  return delayMs + Math.random() * Math.max(0, ceiling - delayMs);
}
