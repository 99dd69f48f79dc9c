import { windowByMinute, windowOver, type FigureWindow, type Reading } from './figure.window.js';

/** A window that took so many times as long as it should is no window: the process was held up. */
const TOO_LONG = 2;

/** How many parts a window has; they show whether failures come in bursts. */
export const WINDOW_PARTS = 10;

/** The longest time in which events are looked for that happen too rarely for two windows: an hour. */
const LONG_MS = 60 * 60_000;

/** The last windows of one service. */
export class ServiceWindows {
  /** The reading with which the current window began, and those within it. */
  private current: [Reading, ...Reading[]] | undefined;
  private readonly kept: FigureWindow[] = [];
  /** Where the long window begins. */
  private first: Reading | undefined;

  constructor(private readonly advisedAs: (wire: string) => string | undefined) {}

  /** The reading with which the current window began. */
  get begun(): Reading | undefined {
    return this.current?.[0];
  }

  /** From when on the next reading has to have the figures; `now` and the answer are Unix times in ms. */
  readSince(now: number): number {
    const long = Math.max(this.first?.at ?? now, now - LONG_MS);
    return Math.min(long, this.begun?.at ?? now);
  }

  /** Ends a window with this reading; the next one begins. `window_ms` is how long it should have been. */
  add(reading: Reading, window_ms: number): void {
    const { current } = this;
    this.current = [reading];
    const isTooLong = current !== undefined && reading.at - current[0].at > window_ms * TOO_LONG;
    const window = current && !isTooLong ? windowOver([...current, reading], this.advisedAs) : undefined;
    if (!window) return void (this.kept.length = 0);
    this.kept.push(window);
    if (this.kept.length > 2) this.kept.shift();
  }

  /** Ends a part of the window that began with `begun`, unless that window is over. */
  addPart(reading: Reading, begun: Reading): void {
    if (this.begun === begun) this.current!.push(reading);
  }

  /** Forgets everything: the figures could not be read, or the service was changed. */
  clear(): void {
    this.current = this.first = undefined;
    this.kept.length = 0;
  }

  /** The last window and the one before it, without those that began before `since` (Unix ms). */
  latest(since: number): { now?: FigureWindow; before?: FigureWindow } {
    const [now, before] = this.kept.filter(({ began }) => began >= since).reverse();
    return { ...(now && { now }), ...(before && { before }) };
  }

  /** Everything from the first reading after `since` (Unix ms) that is still read to the last reading. */
  long(since: number): FigureWindow | undefined {
    const { first, begun } = this;
    const isWithin = first !== undefined && first.at >= since;
    const window = isWithin ? windowByMinute(first, begun!, this.advisedAs) : undefined;
    if (!window && begun && begun.at >= since) this.first = begun;
    return window;
  }
}
