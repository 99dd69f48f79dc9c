import type { EngineName, ResearchLogEntry, ResearchStatus } from '@switchyard/services';
import type { LogLine } from '../log/log.lines.js';
import type { StatusWords } from '../words/status.words.js';

/** The label and colour of a research's status. */
export const STATUS_WORDS: StatusWords<ResearchStatus> = {
  pending: ['Waiting', 'calm'],
  in_progress: ['Running', 'busy'],
  suspended: ['Suspended', 'warn'],
  completed: ['Completed', 'good'],
  failed: ['Failed', 'bad'],
  cancelled: ['Stopped', 'warn'],
};

/** The labels of the engines. */
export const ENGINE_WORDS: Record<EngineName, string> = {
  index: 'The index',
  sites: 'Each site by itself',
  web: 'The web',
};

/** Formats an entry as a log line. */
export function lineOf({ message, type, time }: ResearchLogEntry): LogLine {
  return { at: time, level: type, message };
}
