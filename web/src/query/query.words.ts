import type { CrawlLogLine, QueryState, QueryStep } from '@switchyard/services';

/** What the status of a query is called, and how it looks. */
export const STATUS_WORDS: Record<QueryState['status'], [label: string, tone: 'calm' | 'busy' | 'good' | 'bad']> = {
  idle: ['Nothing asked', 'calm'],
  running: ['Running', 'busy'],
  completed: ['Answered', 'good'],
  failed: ['Failed', 'bad'],
};

/** A step as a line of a log. */
export function lineOf({ label, info, failed, timestamp }: QueryStep): CrawlLogLine {
  const message = info === undefined ? label : `${label}: ${info}`;
  return { at: timestamp, level: failed ? 'error' : 'info', message };
}
