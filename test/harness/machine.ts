import { availableParallelism, loadavg } from 'node:os';

/** By how much longer things take than on a machine that does nothing else: 1, or more where others have work for it. */
export function slowness(): number {
  return Math.max(1, loadavg()[0]! / availableParallelism());
}
