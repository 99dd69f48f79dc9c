import type { GuideLine } from './guide.block.js';
import { GuideFault } from './guide.fault.js';

/** Stands for anything within a line, and alone for any lines. */
const ANYTHING = '…';

const patternOf = (text: string) =>
  new RegExp(
    `^${text
      .split(ANYTHING)
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
  );

/** Whether any lines may follow what the guide shows. */
export const isOpenEnded = (shown: readonly GuideLine[]): boolean => shown.at(-1)?.text === ANYTHING;

/**
 * Compares what a program prints with what the guide shows.
 *
 * @param next the next line that was printed; undefined when none comes
 * @throws GuideFault for the first line that differs
 */
export async function comparePrinted(
  shown: readonly GuideLine[],
  next: () => Promise<string | undefined>,
): Promise<void> {
  let mayDiffer = false;
  for (const { text, at } of shown) {
    if (text === ANYTHING) {
      mayDiffer = true;
      continue;
    }
    const pattern = patternOf(text);
    const passed: string[] = [];
    for (;;) {
      const line = await next();
      if (line !== undefined && pattern.test(line)) break;
      if (line !== undefined) passed.push(line);
      if (line === undefined || !mayDiffer)
        throw new GuideFault(
          at,
          `expected ${JSON.stringify(text)}, got ${passed.length ? passed.slice(-10).join('\n') : 'nothing'}`,
        );
    }
    mayDiffer = false;
  }
}
