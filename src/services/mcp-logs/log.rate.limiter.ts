import type { LogLevel } from '@switchyard/services';

/** Receives a line of a server's log. */
export type Log = (level: LogLevel, message: string, source: string) => void;

const WINDOW_MS = 1000;

/** Limits the lines of a server's log in each second, and logs how many were left out. */
export class LogRateLimiter {
  private lines = 0;
  private leftOut = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: Log,
    private readonly linesPerSecond: number,
  ) {}

  /** Logs a line, or counts it if it is over the limit. */
  readonly add: Log = (...line) => {
    this.timer ??= setTimeout(() => this.end(), WINDOW_MS).unref();
    if (this.lines >= this.linesPerSecond) this.leftOut += 1;
    else this.log(...line);
    this.lines += 1;
  };

  /** Ends the current second: logs how many lines it left out. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.lines = 0;
    if (this.leftOut === 0) return;
    this.log('WARNING', `${this.leftOut} lines were left out; the server writes too many`, 'supervisor');
    this.leftOut = 0;
  }
}
