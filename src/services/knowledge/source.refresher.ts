import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { STORE, changeDocuments, type Store } from '@switchyard/server';
import { isCrawlOver } from '@switchyard/services';
import { CrawlRequests, CrawlStore, Sources, type Source } from '../../corpus/index.js';

/** The last crawl that was started to refresh a source; `at` is Unix ms. */
interface Refresh {
  progress_id: string;
  at: number;
}

const COLLECTION = 'refreshes';
/** How long it may take until a requested crawl is stored, in ms. */
const MAX_START_MS = 10_000;

/** Starts crawls that refresh sources. */
@Injectable()
export class SourceRefresher {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly sources: Sources,
    private readonly crawls: CrawlStore,
    private readonly requests: CrawlRequests,
  ) {}

  /**
   * Starts a crawl of a source with its last limits and returns the crawl's id; if a crawl is running, on any process,
   * its id is returned instead.
   *
   * @throws Fault `item.not_found`, `item.not_refreshable`, `store.unavailable`
   */
  async refresh(source_id: string, owner: string | undefined): Promise<string> {
    const source = await this.sources.get(source_id);
    if (!source) throw new Fault('item.not_found', { source_id });
    if (source.source_type !== 'url') throw new Fault('item.not_refreshable', { source_id });
    const next: Refresh = { progress_id: randomUUID(), at: Date.now() };
    const { progress_id } = await this.claim(source_id, next);
    if (progress_id === next.progress_id) await this.request(source, next, owner);
    return progress_id;
  }

  /** Whether a crawl that refreshes the source is running. */
  async isRefreshing(source_id: string): Promise<boolean> {
    const last = await this.last(source_id);
    return last !== undefined && this.isRunning(last);
  }

  private last(source_id: string): Promise<Refresh | undefined> {
    return this.store.documents.get<Refresh>(COLLECTION, source_id);
  }

  private async isRunning({ progress_id, at }: Refresh): Promise<boolean> {
    const run = await this.crawls.get(progress_id);
    return run ? !isCrawlOver(run.progress.status) : Date.now() - at < MAX_START_MS;
  }

  /** Stores the crawl to start and returns it, or returns the running one. */
  private claim(source_id: string, next: Refresh): Promise<Refresh> {
    return changeDocuments(async () => {
      const last = await this.last(source_id);
      if (last && (await this.isRunning(last))) return last;
      await this.store.documents.write([{ collection: COLLECTION, id: source_id, value: next, expect: last ?? null }]);
      return next;
    });
  }

  private async request(source: Source, next: Refresh, owner: string | undefined): Promise<void> {
    const { source_id, url, crawl_limits, tags } = source;
    const request = { url, ...crawl_limits, ...(tags.length > 0 && { tags }) };
    try {
      await this.requests.make({ request, ...(owner !== undefined && { owner }) }, next.progress_id);
    } catch (error) {
      // This crawl will not begin, so the next refresh must not wait for it.
      const forget = { collection: COLLECTION, id: source_id, value: null, expect: next };
      await this.store.documents.write([forget]).catch(() => undefined);
      throw error;
    }
  }
}
