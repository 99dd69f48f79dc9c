import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { STORE, changeDocuments, type Store } from '@switchyard/server';
import { isCrawlOver } from '@switchyard/services';
import { CrawlRequests, CrawlRuns, Sources, type Source } from '../../corpus/index.js';

/** The crawl that was last asked for to refresh a source, and when (Unix ms). */
interface Refresh {
  progress_id: string;
  at: number;
}

const COLLECTION = 'refreshes';
/** How long after it was asked for a crawl that is not stored yet may still be to come, in ms. */
const TO_COME_MS = 10_000;

/** Has sites crawled again. */
@Injectable()
export class SourceRefresher {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly sources: Sources,
    private readonly runs: CrawlRuns,
    private readonly crawls: CrawlRequests,
  ) {}

  /**
   * Asks for a source to be crawled as it was the last time, and returns the crawl's id; one that is under way is not
   * asked for again, whichever process was asked.
   *
   * @throws Fault `item.not_found`, `item.not_refreshable`, `store.unavailable`
   */
  async refresh(source_id: string, owner: string | undefined): Promise<string> {
    const source = await this.sources.get(source_id);
    if (!source) throw new Fault('item.not_found', { source_id });
    if (source.source_type !== 'url') throw new Fault('item.not_refreshable', { source_id });
    const progress_id = randomUUID();
    const known = await changeDocuments(async () => {
      const last = await this.last(source_id);
      if (last && (await this.isUnderWay(last))) return last.progress_id;
      const value: Refresh = { progress_id, at: Date.now() };
      await this.store.documents.write([{ collection: COLLECTION, id: source_id, value, expect: last ?? null }]);
      return undefined;
    });
    if (known === undefined) await this.request(source, progress_id, owner);
    return known ?? progress_id;
  }

  /** Whether a crawl of a source that was asked for is under way. */
  async isRefreshing(source_id: string): Promise<boolean> {
    const last = await this.last(source_id);
    return last !== undefined && this.isUnderWay(last);
  }

  private last(source_id: string): Promise<Refresh | undefined> {
    return this.store.documents.get<Refresh>(COLLECTION, source_id);
  }

  private async isUnderWay({ progress_id, at }: Refresh): Promise<boolean> {
    const run = await this.runs.get(progress_id);
    return run ? !isCrawlOver(run.progress.status) : Date.now() - at < TO_COME_MS;
  }

  private request({ url, crawl_limits, tags }: Source, progress_id: string, owner: string | undefined): Promise<void> {
    const request = { url, ...crawl_limits, ...(tags.length > 0 && { tags }) };
    return this.crawls.make({ request, ...(owner !== undefined && { owner }) }, progress_id);
  }
}
