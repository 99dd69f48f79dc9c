import { pbkdf2Sync } from 'node:crypto';
import { availableParallelism, loadavg } from 'node:os';

/** How long the work below takes on a machine that does nothing else, in ms. */
const ALONE_MS = 1;
const SAMPLES = 50;

/**
 * By how much longer things take than on a machine that does nothing else: 1, or more where it is slow or has other work.
 * It works for some 50 ms to find out.
 */
export function slowness(): number {
  return Math.max(1, loadavg()[0]! / availableParallelism(), measured());
}

/** What the system counts is of the whole machine, and of the last minute; what we are given of it now may be less. */
function measured(): number {
  const began = performance.now();
  for (let sample = 0; sample < SAMPLES; sample += 1) pbkdf2Sync('a', 'b', 2000, 64, 'sha512');
  return (performance.now() - began) / SAMPLES / ALONE_MS;
}
