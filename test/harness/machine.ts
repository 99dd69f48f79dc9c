import { pbkdf2Sync } from 'node:crypto';
import { availableParallelism, loadavg } from 'node:os';

/** The time of the work below on an idle machine, in milliseconds. */
const ALONE_MS = 1;
const SAMPLES = 50;

/**
 * Measures how much slower this machine is than an idle one: 1, or more when it is slow or busy.
 * It computes for some 50 ms.
 */
export function slowness(): number {
  return Math.max(1, loadavg()[0]! / availableParallelism(), measured());
}

/** The system's load average covers the whole machine and the last minute; our share may be smaller now. */
function measured(): number {
  const began = performance.now();
  for (let sample = 0; sample < SAMPLES; sample += 1) pbkdf2Sync('a', 'b', 2000, 64, 'sha512');
  return (performance.now() - began) / SAMPLES / ALONE_MS;
}
