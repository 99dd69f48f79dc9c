import type { CrawlStatus } from '@switchyard/services';

/** What a status is called, and how it looks. */
export const STATUS_WORDS: Record<CrawlStatus, { label: string; tone: 'calm' | 'busy' | 'good' | 'warn' | 'bad' }> = {
  waiting: { label: 'Waiting', tone: 'calm' },
  starting: { label: 'Starting', tone: 'busy' },
  analyzing: { label: 'Analyzing', tone: 'busy' },
  crawling: { label: 'Crawling', tone: 'busy' },
  processing: { label: 'Processing', tone: 'busy' },
  document_storage: { label: 'Storing pages', tone: 'busy' },
  code_extraction: { label: 'Extracting code', tone: 'busy' },
  finalization: { label: 'Finishing', tone: 'busy' },
  stopping: { label: 'Stopping', tone: 'warn' },
  completed: { label: 'Completed', tone: 'good' },
  error: { label: 'Failed', tone: 'bad' },
  cancelled: { label: 'Stopped', tone: 'warn' },
};
