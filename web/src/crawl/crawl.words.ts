import type { CrawlStatus } from '@switchyard/services';
import type { StatusWords } from '../words/status.words.js';

/** The label and colour of a status. */
export const STATUS_WORDS: StatusWords<CrawlStatus> = {
  waiting: ['Waiting', 'calm'],
  starting: ['Starting', 'busy'],
  analyzing: ['Analyzing', 'busy'],
  crawling: ['Crawling', 'busy'],
  processing: ['Processing', 'busy'],
  document_storage: ['Storing pages', 'busy'],
  code_extraction: ['Extracting code', 'busy'],
  finalization: ['Finishing', 'busy'],
  stopping: ['Stopping', 'warn'],
  completed: ['Completed', 'good'],
  error: ['Failed', 'bad'],
  cancelled: ['Stopped', 'warn'],
};
