import type { EngineName, ResearchLogEntry, ResearchStatus } from '@switchyard/services';
import type { LogLine } from '../log/log.lines.js';
import type { StatusWords } from '../words/status.words.js';

/** What the status of a research is called, and how it looks. */
export const STATUS_WORDS: StatusWords<ResearchStatus> = {
  pending: ['Waiting', 'calm'],
  in_progress: ['Running', 'busy'],
  suspended: ['Suspended', 'warn'],
  completed: ['Completed', 'good'],
  failed: ['Failed', 'bad'],
  cancelled: ['Stopped', 'warn'],
};

/** What an engine is called. */
export const ENGINE_WORDS: Record<EngineName, string> = {
  index: 'The index',
  sites: 'Each site by itself',
  web: 'The web',
};

/** An entry as a line of a log. */
export function lineOf({ message, type, time }: ResearchLogEntry): LogLine {
  return { at: time, level: type, message };
}
