/** Starts a stopwatch, which returns the milliseconds since then. */
export function stopwatch(): () => number {
  const [wall, monotonic] = [Date.now(), performance.now()];
  // The monotonic clock may stand still while the machine sleeps, and the wall clock may be set back.
  return () => Math.max(Date.now() - wall, performance.now() - monotonic);
}
