/** The longest that a timer of Node.js waits, in ms: 24.8 days. One that is to wait longer does not wait at all. */
export const MAX_TIMER_MS = 2_147_483_647;

/** The part of a wait that a timer can be set to; whoever waits for longer looks at the clock then, and waits again. */
export function timerMs(ms: number): number {
  return Math.min(Math.max(0, ms), MAX_TIMER_MS);
}

/** Calls `done` once, after `ms` milliseconds however many they are, unless the returned function is called before. */
export function startTimer(ms: number, done: () => void): () => void {
  const end = performance.now() + ms;
  let timer: NodeJS.Timeout;
  const wait = (left: number) => {
    timer = setTimeout(() => {
      const more = end - performance.now();
      // A timer may be early by a part of a millisecond.
      if (more < 1) done();
      else wait(more);
    }, timerMs(left));
  };
  wait(ms);
  return () => clearTimeout(timer);
}
