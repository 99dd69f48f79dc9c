import { backoffDelay, type BackoffOptions } from '../../backoff/backoff.js';

/** The longest wait after failed attempts, as a multiple of the longest wait between two connections. */
const MAX_WAIT_FACTOR = 20;

/**
 * The wait before the next stream, in ms, after `failures` attempts in a row. While they fail, the service's own wire
 * tries more often, so that it is the one that comes back; a proxy that silenced streams gets few of them.
 */
export function streamDelay({ minMs, maxMs }: BackoffOptions, failures: number, silences: number): number {
  if (failures === 0) return backoffDelay({ minMs, maxMs }, 0);
  const longestMs = MAX_WAIT_FACTOR * maxMs;
  return Math.max(backoffDelay({ minMs: maxMs, maxMs: longestMs }, failures), silences * longestMs);
}
