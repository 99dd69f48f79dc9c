import { Inject, Injectable } from '@nestjs/common';
import { Collection, STORE, type DocumentWrite, type Store } from '@switchyard/server';
import type { CrawlProgress } from '@switchyard/services';
import type { StartCrawl } from '@switchyard/services/crawl/crawl.dto';

/** What is to be crawled, and who asked for it. */
export interface CrawlOrder {
  request: StartCrawl;
  owner?: string;
}

/** A crawl as it is stored: what was asked for and where it is. */
export interface StoredCrawl extends CrawlOrder {
  progress: CrawlProgress;
}

/** The crawls that were ever started, by their `progress_id`. */
@Injectable()
export class CrawlStore extends Collection<StoredCrawl> {
  constructor(@Inject(STORE) store: Store) {
    super(store, 'crawl_runs');
  }

  /** Every stored run, the one started last first. */
  override async list(): Promise<StoredCrawl[]> {
    const runs = await super.list();
    return runs.sort((a, b) => b.progress.started_at.localeCompare(a.progress.started_at));
  }

  /** The write that keeps a run. */
  documentWrite(record: StoredCrawl): DocumentWrite {
    return this.write(record.progress.progress_id, record);
  }
}
