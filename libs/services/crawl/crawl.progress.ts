/** The statuses of a crawl. */
export const CRAWL_STATUSES = [
  'waiting',
  'starting',
  'analyzing',
  'crawling',
  'processing',
  'document_storage',
  'code_extraction',
  'finalization',
  'stopping',
  'completed',
  'error',
  'cancelled',
] as const;
/** The status of a crawl. */
export type CrawlStatus = (typeof CRAWL_STATUSES)[number];

/** A log line of a crawl. */
export interface CrawlLogLine {
  at: string;
  level: 'info' | 'warning' | 'error';
  message: string;
}

/** The progress of a crawl; times are ISO 8601 with Z, durations seconds, `percentage` 0 to 100 and never falling. */
export interface CrawlProgress {
  progress_id: string;
  status: CrawlStatus;
  percentage: number;
  message?: string;
  current_url?: string;
  /** The number of pages found so far. */
  total_pages: number;
  /** The number of distinct pages that were answered with 2xx and indexed. */
  processed_pages: number;
  chunks_stored: number;
  word_count: number;
  source_id?: string;
  eta_s?: number;
  started_at: string;
  updated_at: string;
  completed_at?: string;
  duration_s?: number;
  error?: string;
  /** The last 50 lines. */
  logs: CrawlLogLine[];
}

/** Tells whether a status is final. */
export function isCrawlOver(status: CrawlStatus): boolean {
  return status === 'completed' || status === 'error' || status === 'cancelled';
}
