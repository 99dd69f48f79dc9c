/** The metadata of an item; times are ISO 8601 with Z. */
export interface KnowledgeMetadata {
  knowledge_type: string;
  tags: string[];
  source_type: 'url' | 'file';
  status: 'processing' | 'active' | 'error';
  description: string;
  chunks_count: number;
  word_count: number;
  last_scraped: string;
  /** A site is crawled again after this many days. */
  update_frequency_days: number;
  file_name?: string;
  /** The media type of a file. */
  file_type?: string;
  code_examples_count?: number;
}

/** A crawled site or an uploaded file, keyed by `source_id`. */
export interface KnowledgeItem {
  id: string;
  title: string;
  url: string;
  source_id: string;
  metadata: KnowledgeMetadata;
  created_at: string;
  updated_at: string;
}

/** A page of items, newest first. */
export interface KnowledgePage {
  items: KnowledgeItem[];
  /** The number of items on all pages. */
  total: number;
  /** From 1. */
  page: number;
  per_page: number;
  pages: number;
}

/** The result of a crawl. */
export interface CrawlOutcome {
  url: string;
  success: boolean;
  message: string;
  progress_id: string;
}

/** An accepted upload. */
export interface UploadOutcome {
  source_id: string;
  file_name: string;
  chunks_count: number;
  word_count: number;
}

/** A failed upload with its reason. */
export interface UploadFailure {
  file_name: string;
  code: string;
  error: string;
}
