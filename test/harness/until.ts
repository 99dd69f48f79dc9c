import { setTimeout as pause } from 'node:timers/promises';

/** How long a test waits for something that should come at once, in ms; below Jest's own limit, so the reason is seen. */
export const PATIENCE_MS = 40_000;
const LOOK_EVERY_MS = 2;

/**
 * Asks again and again until the answer is true, or anything that counts as it, and returns that answer.
 *
 * @param what what is waited for, for the error: "unable to see {what}"
 * @throws Error with the last answer when none is true within `patience_ms`; what `ask` throws
 */
export async function until<T>(what: string, ask: () => T | Promise<T>, patience_ms = PATIENCE_MS): Promise<T> {
  const end = performance.now() + patience_ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end)
      throw new Error(`unable to see ${what} within ${patience_ms} ms; the last answer was ${JSON.stringify(answer)}`);
    await pause(LOOK_EVERY_MS);
  }
}
