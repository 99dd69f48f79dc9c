/** What is known of a source beside its name; times are ISO 8601 with Z. */
export interface KnowledgeMetadata {
  knowledge_type: string;
  tags: string[];
  source_type: 'url' | 'file';
  status: 'processing' | 'active' | 'error';
  description: string;
  chunks_count: number;
  word_count: number;
  last_scraped: string;
  /** A site read longer ago than this is read again by itself. */
  update_frequency_days: number;
  file_name?: string;
  /** The media type of a file. */
  file_type?: string;
  code_examples_count?: number;
}

/** A crawled site or an uploaded file; `source_id` is its key. */
export interface KnowledgeItem {
  id: string;
  title: string;
  url: string;
  source_id: string;
  metadata: KnowledgeMetadata;
  created_at: string;
  updated_at: string;
}

/** A page of items, the one added last first. */
export interface KnowledgePage {
  items: KnowledgeItem[];
  /** How many there are on all pages. */
  total: number;
  /** From 1. */
  page: number;
  per_page: number;
  pages: number;
}

/** How a crawl that put pages into the index ended. */
export interface CrawlOutcome {
  url: string;
  success: boolean;
  message: string;
  progress_id: string;
}

/** A file that was taken in. */
export interface UploadOutcome {
  source_id: string;
  file_name: string;
  chunks_count: number;
  word_count: number;
}

/** A file that was not taken in, and why. */
export interface UploadFailure {
  file_name: string;
  code: string;
  error: string;
}
