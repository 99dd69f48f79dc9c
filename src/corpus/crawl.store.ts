import { Inject, Injectable } from '@nestjs/common';
import { RunStore, STORE, type Store } from '@switchyard/server';
import { isCrawlOver, type CrawlProgress } from '@switchyard/services';
import type { StartCrawl } from '@switchyard/services/crawl/crawl.dto';

/** The request for a crawl, and its owner. */
export interface CrawlOrder {
  request: StartCrawl;
  owner?: string;
}

/** A stored crawl: its order and its progress. */
export interface StoredCrawl extends CrawlOrder {
  progress: CrawlProgress;
}

/** The stored crawls. */
@Injectable()
export class CrawlStore extends RunStore<StoredCrawl> {
  constructor(@Inject(STORE) store: Store) {
    super(
      store,
      'crawl_runs',
      ({ progress }) => progress.progress_id,
      ({ progress }) => isCrawlOver(progress.status),
    );
  }
}
