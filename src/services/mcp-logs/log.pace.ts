import type { LogLevel } from '@switchyard/services';

/** Takes a line of a server's log. */
export type Log = (level: LogLevel, message: string, source: string) => void;

const WINDOW_MS = 1000;

/** Takes a server's lines no faster than they can be kept, and says how many were left out. */
export class LogPace {
  private taken = 0;
  private leftOut = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: Log,
    private readonly linesPerSecond: number,
  ) {}

  /** Hands a line on, or counts it. */
  readonly take: Log = (...line) => {
    this.timer ??= setTimeout(() => this.end(), WINDOW_MS).unref();
    if (this.taken >= this.linesPerSecond) this.leftOut += 1;
    else this.log(...line);
    this.taken += 1;
  };

  /** Says what was left out up to now, and begins anew. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.taken = 0;
    if (this.leftOut === 0) return;
    this.log('WARNING', `${this.leftOut} lines were left out; the server writes too many`, 'supervisor');
    this.leftOut = 0;
  }
}
