import { setImmediate } from 'node:timers/promises';
import type { RunLeases } from '@switchyard/server';
import PQueue from 'p-queue';
import {
  normalizeUrl,
  PageVisitor,
  RobotsRules,
  siteOf,
  sourceIdOf,
  type Corpus,
  type Page,
  type PageDraft,
  type ReadDocument,
  type VisitedPage,
  type WebClient,
} from '../../corpus/index.js';
import type { StartCrawl } from '@switchyard/services/crawl/crawl.dto';
import { CrawlFailure } from './crawl.failure.js';
import type { CrawlReporter } from './crawl.reporter.js';
import type { CrawlSettings } from './crawl.settings.js';
import { SiteWalk, type WalkedSite, type WalkLimits } from './site.walk.js';

/** How many writes to the store run at once, so that they share a flush. */
const WRITES_AT_ONCE = 4;

/** The dependencies of a crawl. */
export interface CrawlTools {
  web: WebClient;
  /** Reads documents for the owner of the crawl. */
  document: ReadDocument;
  corpus: Corpus;
  leases: RunLeases;
  settings: CrawlSettings;
}

/** The steps of one crawl, from the first request to the last write. */
export class CrawlSteps {
  private readonly limits: WalkLimits;

  constructor(
    private readonly tools: CrawlTools,
    private readonly request: StartCrawl,
    private readonly reporter: CrawlReporter,
    private readonly signal: AbortSignal,
    /** The owner of the source. */
    private readonly owner?: string,
  ) {
    const { maxPages, maxDepth } = tools.settings;
    this.limits = { max_pages: request.max_pages ?? maxPages, max_depth: request.max_depth ?? maxDepth };
  }

  /** Crawls the site and returns a summary in one sentence. @throws CrawlFailure; the signal's reason when it is aborted */
  async execute(): Promise<string> {
    const { start, walk } = await this.analyze();
    const { pathname, search } = new URL(start.url);
    const source_id = sourceIdOf(`${siteOf(start.url)}${pathname}${search}`, this.owner);
    const unlock = await this.tools.leases.lock(`crawl-source:${source_id}`, this.signal, () =>
      this.reporter.log('info', 'Waiting for another crawl of this site to end'),
    );
    try {
      this.reporter.enter('crawling', `Reading the pages of ${siteOf(start.url)}`);
      const site = await walk.from(start);
      if (site.pages.length === 0) throw new CrawlFailure(this.request.url, 'none of its pages has any text to index');
      const drafts = await this.process(source_id, site.pages);
      return await this.store(source_id, start, site, drafts);
    } finally {
      unlock();
    }
  }

  private async analyze(): Promise<{ start: VisitedPage; walk: SiteWalk }> {
    const { web, document, settings } = this.tools;
    const url = normalizeUrl(this.request.url);
    if (!url) throw new CrawlFailure(this.request.url, 'it is not an http or https address');
    this.reporter.enter('analyzing', `Looking at ${siteOf(url)}`);
    const robots = new RobotsRules(web);
    const { crawlDelay } = await robots.for(url, this.signal);
    const line = crawlDelay
      ? `robots.txt asks for a delay; ${crawlDelay} s are kept between requests`
      : 'robots.txt was asked';
    this.reporter.advance(1, 2, { current_url: url }, { level: 'info', message: line });
    const visitor = new PageVisitor(web, robots, document);
    const walk = new SiteWalk(visitor, settings, this.limits, this.reporter, this.signal);
    walk.claim(url);
    const start = await visitor.visit(url, this.signal, { mayLeave: true, claim: walk.claim });
    if (start.kind === 'missed') throw new CrawlFailure(url, start.reason);
    if (siteOf(start.url) !== siteOf(url))
      this.reporter.log('info', `The site is now ${siteOf(start.url)}, where it led`);
    this.reporter.advance(2, 2);
    return { start, walk };
  }

  private async process(source_id: string, pages: readonly VisitedPage[]): Promise<PageDraft[]> {
    this.reporter.enter('processing', `Cutting ${pages.length} pages into chunks`);
    const drafts: PageDraft[] = [];
    for (const { url, document } of pages) {
      const { title, text_length, chunks } = document;
      drafts.push({ source_id, url, title, text_length, chunks });
      this.reporter.advance(drafts.length, pages.length);
      await this.yieldToSockets();
    }
    return drafts;
  }

  private async store(
    source_id: string,
    start: VisitedPage,
    { pages, isPartial }: WalkedSite,
    drafts: readonly PageDraft[],
  ): Promise<string> {
    const { corpus } = this.tools;
    const { title, description } = start.document;
    const chunks = drafts.reduce((sum, draft) => sum + draft.chunks.length, 0);
    this.reporter.enter('document_storage', `Storing ${chunks} chunks of ${drafts.length} pages`);
    this.reporter.setSource(source_id);
    const before = await corpus.pages.list(source_id);
    await corpus.openSource({
      source_id,
      ...(this.owner !== undefined && { owner: this.owner }),
      url: start.url,
      title,
      description,
      source_type: 'url',
      status: 'processing',
      crawl_limits: this.limits,
      last_scraped: new Date().toISOString(),
      ...(this.request.tags && { tags: this.request.tags }),
    });
    const stored = await this.storePages(drafts, chunks);
    await this.storeCode(stored, pages);

    this.reporter.enter('finalization', 'Putting the source in order');
    const kept = new Set(stored.map(({ url }) => url));
    const gone = isPartial ? [] : before.filter(({ url }) => !kept.has(url));
    if (gone.length > 0) {
      await corpus.removePages(gone);
      this.reporter.log('info', `Removed ${gone.length} pages that are no longer found`);
    }
    this.reporter.advance(1, 2);
    await corpus.settleSource(source_id);
    this.reporter.advance(2, 2);
    return `Indexed ${stored.length} pages of ${siteOf(start.url)} in ${chunks} chunks`;
  }

  private storePages(drafts: readonly PageDraft[], chunks: number): Promise<Page[]> {
    let processed_pages = 0;
    let chunks_stored = 0;
    let word_count = 0;
    return this.each(drafts, async (draft) => {
      const page = await this.tools.corpus.putPage(draft);
      processed_pages += 1;
      chunks_stored += page.chunks_count;
      word_count += page.word_count;
      const facts = { processed_pages, chunks_stored, word_count, current_url: page.url };
      this.reporter.advance(chunks_stored, chunks, facts);
      return page;
    });
  }

  private async storeCode(stored: readonly Page[], pages: readonly VisitedPage[]): Promise<void> {
    this.reporter.enter('code_extraction', 'Collecting code examples');
    const code = new Map(pages.map(({ url, document }) => [url, document.code]));
    let done = 0;
    let found = 0;
    await this.each(stored, async (page) => {
      const examples = code.get(page.url) ?? [];
      if (examples.length + page.code_examples_count > 0) await this.tools.corpus.putCode(page, examples);
      found += examples.length;
      this.reporter.advance((done += 1), stored.length, { current_url: page.url });
    });
    this.reporter.log('info', `Found ${found} code examples`);
  }

  /** Lets the event loop serve the sockets. @throws the signal's reason when it is aborted */
  private async yieldToSockets(): Promise<void> {
    await setImmediate();
    this.signal.throwIfAborted();
  }

  /** Does `work` for each item, a few at once; begins no further item when the crawl is aborted. */
  private async each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
    const queue = new PQueue({ concurrency: WRITES_AT_ONCE });
    const results = await Promise.allSettled(
      items.map((item) =>
        queue.add(async () => {
          await this.yieldToSockets();
          return work(item);
        }),
      ),
    );
    this.signal.throwIfAborted();
    return results.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  }
}
