import { binomialTest } from './binomial.js';

/** The numbers of keys at which a share is tested, each once. */
const LOOKS = [200, 400, 800, 1600, 3200, 4096];
/** The probability that any look at a share that agrees finds a difference; each look gets the same part of it. */
const FALSE_ALARMS = 0.001;
/** The part of the clients that may be on the wrong wire for a moment, which no percentage excludes. */
const LATE = 0.001;

/** The look that is due with so many keys, if the last one was at `looked`; undefined for none. */
export function dueLook(keys: number, looked: number): number | undefined {
  return LOOKS.findLast((look) => look > looked && look <= keys);
}

/** Whether so many of `keys` clients on the new wire are too many or too few for a canary of `percent`. */
export function hasOtherShare(onNew: number, keys: number, percent: number): boolean {
  const share = Math.min(1 - LATE, Math.max(LATE, percent / 100));
  return binomialTest(onNew, keys, share) < FALSE_ALARMS / LOOKS.length;
}
