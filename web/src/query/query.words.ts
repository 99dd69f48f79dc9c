import type { QueryState, QueryStep } from '@switchyard/services';
import type { LogLine } from '../log/log.lines.js';
import type { StatusWords } from '../words/status.words.js';

/** What the status of a query is called, and how it looks. */
export const STATUS_WORDS: StatusWords<QueryState['status']> = {
  idle: ['Nothing asked', 'calm'],
  running: ['Running', 'busy'],
  completed: ['Answered', 'good'],
  failed: ['Failed', 'bad'],
};

/** A step as a line of a log. */
export function lineOf({ label, info, failed, timestamp }: QueryStep): LogLine {
  const message = info === undefined ? label : `${label}: ${info}`;
  return { at: timestamp, level: failed ? 'error' : 'info', message };
}
