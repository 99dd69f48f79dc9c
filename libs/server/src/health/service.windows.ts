import { windowBetween, type FigureWindow, type Reading } from './figure.window.js';

/** A window that took so many times as long as it should is no window: the process was held up. */
const TOO_LONG = 2;

/** The last windows of one service. */
export class ServiceWindows {
  private last: Reading | undefined;
  private readonly kept: FigureWindow[] = [];

  constructor(private readonly advisedAs: (wire: string) => string | undefined) {}

  /** Ends a window with this reading; the next one begins. `window_ms` is how long it should have been. */
  add(reading: Reading, window_ms: number): void {
    const { last } = this;
    this.last = reading;
    const isTooLong = last !== undefined && reading.at - last.at > window_ms * TOO_LONG;
    const window = last && !isTooLong ? windowBetween(last, reading, this.advisedAs) : undefined;
    if (!window) return void (this.kept.length = 0);
    this.kept.push(window);
    if (this.kept.length > 2) this.kept.shift();
  }

  /** Forgets everything: the figures could not be read. */
  clear(): void {
    this.last = undefined;
    this.kept.length = 0;
  }

  /** The last window and the one before it, without those that began before `since` (Unix ms). */
  latest(since: number): { now?: FigureWindow; before?: FigureWindow } {
    const [now, before] = this.kept.filter(({ began }) => began >= since).reverse();
    return { ...(now && { now }), ...(before && { before }) };
  }
}
