import type { Logger } from '@nestjs/common';

/** How often one cause is logged, in ms. */
const AGAIN_MS = 60_000;
/** How many causes are remembered; the oldest is forgotten. */
const MAX_CAUSES = 100;

/** The last time that a cause was logged, and how often it occurred since. */
interface Known {
  at: number;
  unlogged: number;
}

/** Logs what nobody foresaw, once per cause and minute, so that an error of every request does not fill the log. */
export class CauseLog {
  private readonly causes = new Map<string, Known>();

  constructor(private readonly logger: Pick<Logger, 'error'>) {}

  /** Logs `unable to …; ` and the error, unless an error of the same origin was logged a moment ago. */
  error(what: string, thrown: unknown): void {
    const cause = causeOf(thrown);
    const known = this.causes.get(cause);
    const now = performance.now();
    if (known && now - known.at < AGAIN_MS) {
      known.unlogged += 1;
      return;
    }
    this.causes.delete(cause);
    if (this.causes.size >= MAX_CAUSES) this.causes.delete(this.causes.keys().next().value!);
    this.causes.set(cause, { at: now, unlogged: 0 });
    const more = known?.unlogged ? ` (and ${known.unlogged} more like it)` : '';
    this.logger.error(`${what}; ${thrown instanceof Error ? thrown.stack : String(thrown)}${more}`);
  }
}

/** Where an error came from: its class and the first line of its stack, since its message may name one request. */
function causeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const line = thrown.stack?.split('\n').find((text) => text.trimStart().startsWith('at ')) ?? thrown.message;
  return `${thrown.name} ${line}`;
}
