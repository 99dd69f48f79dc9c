import { setTimeout as pause } from 'node:timers/promises';

/** The time limit for immediate effects in milliseconds; below Jest's own limit, so that our message is shown. */
export const PATIENCE_MS = 40_000;
const LOOK_EVERY_MS = 2;

/**
 * Repeats a question until the answer is truthy, and returns that answer.
 *
 * @param what names the expected thing in the error: "unable to see {what}"
 * @throws Error with the last answer after `patience_ms`; whatever `ask` throws
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
