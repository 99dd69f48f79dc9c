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
export type CrawlStatus = (typeof CRAWL_STATUSES)[number];

export interface CrawlLogLine {
  at: string;
  level: 'info' | 'warning' | 'error';
  message: string;
}

/** Where a crawl is; times are ISO 8601 with Z, durations seconds, `percentage` 0 to 100 and never backwards. */
export interface CrawlProgress {
  progress_id: string;
  status: CrawlStatus;
  percentage: number;
  message?: string;
  current_url?: string;
  /** Pages found so far that are to be fetched. */
  total_pages: number;
  /** Distinct pages answered 2xx and indexed. */
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

/** Whether a crawl in this status is over. */
export function isCrawlOver(status: CrawlStatus): boolean {
  return status === 'completed' || status === 'error' || status === 'cancelled';
}
