import { Inject, Injectable } from '@nestjs/common';
import { Collection, STORE, type DocumentWrite, type Store } from '@switchyard/server';
import type { CrawlProgress } from '@switchyard/services';
import type { StartCrawl } from '@switchyard/services/crawl/crawl.dto';

/** A crawl request and its owner. */
export interface CrawlOrder {
  request: StartCrawl;
  owner?: string;
}

/** A stored crawl: its request and its progress. */
export interface StoredCrawl extends CrawlOrder {
  progress: CrawlProgress;
}

/** Stores all crawls by their `progress_id`. */
@Injectable()
export class CrawlStore extends Collection<StoredCrawl> {
  constructor(@Inject(STORE) store: Store) {
    super(store, 'crawl_runs');
  }

  /** Lists all crawls, newest first. */
  override async list(): Promise<StoredCrawl[]> {
    const runs = await super.list();
    return runs.sort((a, b) => b.progress.started_at.localeCompare(a.progress.started_at));
  }

  /** Returns the write that stores a crawl. */
  documentWrite(record: StoredCrawl): DocumentWrite {
    return this.write(record.progress.progress_id, record);
  }
}
