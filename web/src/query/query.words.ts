import type { QueryState, QueryStep } from '@switchyard/services';
import type { LogLine } from '../log/log.lines.js';
import type { StatusWords } from '../words/status.words.js';

/** The label and colour of a query's status. */
export const STATUS_WORDS: StatusWords<QueryState['status']> = {
  idle: ['Nothing asked', 'calm'],
  running: ['Running', 'busy'],
  completed: ['Answered', 'good'],
  failed: ['Failed', 'bad'],
};

/** Formats a step as a log line. */
export function lineOf({ label, info, failed, timestamp }: QueryStep): LogLine {
  const message = info === undefined ? label : `${label}: ${info}`;
  return { at: timestamp, level: failed ? 'error' : 'info', message };
}
