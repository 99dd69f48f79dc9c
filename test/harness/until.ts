import { setTimeout as pause } from 'node:timers/promises';

/** The time limit for immediate effects in milliseconds; below Jest's own limit, so that our message is shown. */
export const PATIENCE_MS = 40_000;
/** The first pause between two looks, and the longest, in milliseconds; they grow, because a look may cost a request. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [2, 25];

/**
 * Repeats a question until the answer is truthy, and returns that answer.
 *
 * @param what names the expected thing in the error: "unable to see {what}"
 * @throws Error with the last answer after `patience_ms`; whatever `ask` throws
 */
export async function until<T>(what: string, ask: () => T | Promise<T>, patience_ms = PATIENCE_MS): Promise<T> {
  const end = performance.now() + patience_ms;
  for (let pause_ms = FIRST_PAUSE_MS; ; pause_ms = Math.min(pause_ms * 1.3, LONGEST_PAUSE_MS)) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end)
      throw new Error(`unable to see ${what} within ${patience_ms} ms; the last answer was ${JSON.stringify(answer)}`);
    await pause(pause_ms);
  }
}
