import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import type { CrawlProgress } from '@switchyard/services';
import type { StartCrawl } from '@switchyard/services/crawl/crawl.dto';

/** What is to be crawled, and who asked for it. */
export interface CrawlOrder {
  request: StartCrawl;
  owner?: string;
}

/** A crawl as it is stored: what was asked for and where it is. */
export interface CrawlRunRecord extends CrawlOrder {
  progress: CrawlProgress;
}

const COLLECTION = 'crawl_runs';

/** The crawls that were ever started, by their `progress_id`. */
@Injectable()
export class CrawlRuns {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** The stored run, undefined when there is none. */
  get(progress_id: string): Promise<CrawlRunRecord | undefined> {
    return this.store.documents.get<CrawlRunRecord>(COLLECTION, progress_id);
  }

  /** Every stored run, the one started last first. */
  async list(): Promise<CrawlRunRecord[]> {
    const runs = await this.store.documents.list<CrawlRunRecord>(COLLECTION);
    return runs.sort((a, b) => b.progress.started_at.localeCompare(a.progress.started_at));
  }

  /** The write that keeps a run. */
  documentWrite(record: CrawlRunRecord): DocumentWrite {
    return { collection: COLLECTION, id: record.progress.progress_id, value: record };
  }
}
