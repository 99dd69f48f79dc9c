import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import type { CrawlProgress } from '@switchyard/services';
import type { StartCrawl } from '@switchyard/services/crawl/crawl.dto';

/** A crawl as it is stored: where it is, what was asked for and by whom. */
export interface CrawlRunRecord {
  progress: CrawlProgress;
  request: StartCrawl;
  owner?: string;
}

const COLLECTION = 'crawl_runs';

/** The crawls that were ever started, by their `progress_id`. */
@Injectable()
export class CrawlRuns {
  private readonly begun = new Map<string, Omit<CrawlRunRecord, 'progress'>>();

  constructor(@Inject(STORE) private readonly store: Store) {}

  /** Makes a run known, so that `documentWrite` can be asked for its progress. */
  begin(progress_id: string, request: StartCrawl, owner: string | undefined): void {
    this.begun.set(progress_id, { request, ...(owner !== undefined && { owner }) });
  }

  /** Forgets what `begin` noted; the stored record stays. */
  forget(progress_id: string): void {
    this.begun.delete(progress_id);
  }

  /** The stored run, undefined when there is none. */
  get(progress_id: string): Promise<CrawlRunRecord | undefined> {
    return this.store.documents.get<CrawlRunRecord>(COLLECTION, progress_id);
  }

  /** Every stored run, the one started last first. */
  async list(): Promise<CrawlRunRecord[]> {
    const runs = await this.store.documents.list<CrawlRunRecord>(COLLECTION);
    return runs.sort((a, b) => b.progress.started_at.localeCompare(a.progress.started_at));
  }

  /**
   * The write that keeps `progress` with its request and owner.
   *
   * @throws TypeError when the run was neither begun nor ended as interrupted in this process.
   */
  documentWrite(progress: CrawlProgress): DocumentWrite {
    const known = this.begun.get(progress.progress_id);
    if (!known) throw new TypeError(`unable to store crawl ${progress.progress_id}; it was not begun here`);
    return { collection: COLLECTION, id: progress.progress_id, value: { progress, ...known } satisfies CrawlRunRecord };
  }
}
