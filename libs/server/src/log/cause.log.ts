import type { Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';

/** After this time the repeats are told, and a cause that is still there is logged again, in ms. */
const SUMMARY_MS = 3_600_000;
/** How many causes are told apart until then; the rest is counted together. */
const MAX_CAUSES = 100;
/** The longest text from outside in a line of the log. */
const MAX_TEXT = 100;

/** A cause that was logged. */
interface Known {
  /** The first line that was logged for it. */
  title: string;
  repeats: number;
}

/** Logs each cause once and counts its repeats, so that neither a flood of requests nor an error of each one fills the log. */
export class CauseLog {
  private readonly causes = new Map<string, Known>();
  private others = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly logger: Pick<Logger, 'warn' | 'error'>) {}

  /** Warns of something that has happened because of `cause`. */
  warn(cause: string, message: string): void {
    if (this.isFirst(cause, message)) this.logger.warn(message);
  }

  /** Logs `unable to …; ` and an error that nobody foresaw; errors from the same line of code are one cause. */
  error(what: string, thrown: unknown): void {
    const title = `${what}; ${thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)}`;
    if (!this.isFirst(`${what} ${originOf(thrown)}`, title)) return;
    this.logger.error(thrown instanceof Error ? `${what}; ${thrown.stack ?? thrown.message}` : title);
  }

  /** Runs code of the application, and logs what it throws except faults, which its clients understand. */
  watch<T>(what: string, run: () => T): T {
    try {
      const result = run();
      if (result instanceof Promise) result.catch((error: unknown) => this.unlessForeseen(what, error));
      return result;
    } catch (error) {
      this.unlessForeseen(what, error);
      throw error;
    }
  }

  /** Tells how often each cause was met again, and forgets all of them. */
  summarize(): void {
    for (const { title, repeats } of this.causes.values()) {
      if (repeats > 0) this.logger.warn(`${title} … and ${repeats} more of the same`);
    }
    if (this.others > 0) this.logger.warn(`${this.others} more of other causes were not logged`);
    this.causes.clear();
    this.others = 0;
  }

  /** Tells the last repeats. */
  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.summarize();
  }

  private unlessForeseen(what: string, error: unknown): void {
    if (error instanceof Fault && error.code !== 'call.failed') return;
    this.error(what, error);
  }

  private isFirst(cause: string, title: string): boolean {
    const known = this.causes.get(cause);
    if (known) known.repeats += 1;
    else if (this.causes.size >= MAX_CAUSES) this.others += 1;
    else {
      this.causes.set(cause, { title, repeats: 0 });
      this.timer ??= setInterval(() => this.summarize(), SUMMARY_MS).unref();
      return true;
    }
    return false;
  }
}

/** A text from outside as it may stand in a log: short, and without characters that would begin a line or control a terminal. */
export function loggable(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, '?');
  return plain.length > MAX_TEXT ? `${plain.slice(0, MAX_TEXT)}…` : plain;
}

/** Where an error came from: its class and the first line of its stack, since its message may name one request. */
function originOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const line = thrown.stack?.split('\n').find((text) => text.trimStart().startsWith('at '));
  return `${thrown.name} ${line ?? thrown.message}`;
}
