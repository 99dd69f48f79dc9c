/** The longest delay of a Node.js timer, in ms: 24.8 days. A timer with a longer delay fires at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/** Limits a delay to what a timer can wait, from 0 to `MAX_TIMER_MS`; when it fires, check the clock and wait again. */
export function timerMs(ms: number): number {
  return Math.min(Math.max(0, ms), MAX_TIMER_MS);
}

/** Calls `done` once after `ms` milliseconds, without an upper limit; call the returned function to cancel. */
export function startTimer(ms: number, done: () => void): () => void {
  const end = performance.now() + ms;
  let timer: NodeJS.Timeout;
  const wait = (delay: number) => {
    timer = setTimeout(() => {
      const rest = end - performance.now();
      // A timer may fire a fraction of a millisecond early.
      if (rest < 1) done();
      else wait(rest);
    }, timerMs(delay));
  };
  wait(ms);
  return () => clearTimeout(timer);
}
