/**
 * Starts to measure, and answers how many milliseconds have gone by since, as the clock says that counted more: one of
 * them stands while the machine sleeps, and the other one may be set back.
 */
export function stopwatch(): () => number {
  const [wall, monotonic] = [Date.now(), performance.now()];
  return () => Math.max(Date.now() - wall, performance.now() - monotonic);
}
