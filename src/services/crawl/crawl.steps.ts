import { setImmediate } from 'node:timers/promises';
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
import type { SourceLocks } from './source.locks.js';

/** Writes to the store that may be under way at once, so that a flush serves several. */
const WRITES_AT_ONCE = 4;

/** What a run works with. */
export interface CrawlTools {
  web: WebClient;
  /** How documents are read for whom the run is. */
  document: ReadDocument;
  corpus: Corpus;
  locks: SourceLocks;
  settings: CrawlSettings;
}

/** One crawl from the first request to the last write. */
export class CrawlSteps {
  private readonly limits: WalkLimits;

  constructor(
    private readonly tools: CrawlTools,
    private readonly request: StartCrawl,
    private readonly report: CrawlReporter,
    private readonly signal: AbortSignal,
    /** Whose the source becomes. */
    private readonly owner?: string,
  ) {
    const { maxPages, maxDepth } = tools.settings;
    this.limits = { max_pages: request.max_pages ?? maxPages, max_depth: request.max_depth ?? maxDepth };
  }

  /** Runs to the end and returns it in one sentence. @throws CrawlFailure; the signal's reason when it is aborted */
  async execute(): Promise<string> {
    const { start, walk } = await this.analyze();
    const { pathname, search } = new URL(start.url);
    const source_id = sourceIdOf(`${siteOf(start.url)}${pathname}${search}`, this.owner);
    const unlock = await this.tools.locks.take(source_id, this.signal, () =>
      this.report.log('info', 'Waiting for another crawl of this site to end'),
    );
    try {
      this.report.enter('crawling', `Reading the pages of ${siteOf(start.url)}`);
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
    this.report.enter('analyzing', `Looking at ${siteOf(url)}`);
    const robots = new RobotsRules(web);
    const { crawlDelay } = await robots.for(url, this.signal);
    const line = crawlDelay
      ? `robots.txt asks for a delay; ${crawlDelay} s are kept between requests`
      : 'robots.txt was asked';
    this.report.advance(1, 2, { current_url: url }, { level: 'info', message: line });
    const visitor = new PageVisitor(web, robots, document);
    const walk = new SiteWalk(visitor, settings, this.limits, this.report, this.signal);
    walk.claim(url);
    const start = await visitor.visit(url, this.signal, { mayLeave: true, claim: walk.claim });
    if (start.kind === 'missed') throw new CrawlFailure(url, start.reason);
    if (siteOf(start.url) !== siteOf(url))
      this.report.log('info', `The site is now ${siteOf(start.url)}, where it led`);
    this.report.advance(2, 2);
    return { start, walk };
  }

  private async process(source_id: string, pages: readonly VisitedPage[]): Promise<PageDraft[]> {
    this.report.enter('processing', `Cutting ${pages.length} pages into chunks`);
    const drafts: PageDraft[] = [];
    for (const { url, document } of pages) {
      const { title, text_length, chunks } = document;
      drafts.push({ source_id, url, title, text_length, chunks });
      this.report.advance(drafts.length, pages.length);
      await this.breathe();
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
    this.report.enter('document_storage', `Storing ${chunks} chunks of ${drafts.length} pages`);
    this.report.know(source_id);
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

    this.report.enter('finalization', 'Putting the source in order');
    const kept = new Set(stored.map(({ url }) => url));
    const gone = isPartial ? [] : before.filter(({ url }) => !kept.has(url));
    if (gone.length > 0) {
      await corpus.removePages(gone);
      this.report.log('info', `Removed ${gone.length} pages that are no longer found`);
    }
    this.report.advance(1, 2);
    await corpus.settleSource(source_id);
    this.report.advance(2, 2);
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
      this.report.advance(chunks_stored, chunks, facts);
      return page;
    });
  }

  private async storeCode(stored: readonly Page[], pages: readonly VisitedPage[]): Promise<void> {
    this.report.enter('code_extraction', 'Collecting code examples');
    const code = new Map(pages.map(({ url, document }) => [url, document.code]));
    let done = 0;
    let found = 0;
    await this.each(stored, async (page) => {
      const examples = code.get(page.url) ?? [];
      if (examples.length + page.code_examples_count > 0) await this.tools.corpus.putCode(page, examples);
      found += examples.length;
      this.report.advance((done += 1), stored.length, { current_url: page.url });
    });
    this.report.log('info', `Found ${found} code examples`);
  }

  /** Lets the sockets of this process have their turn. @throws the signal's reason when it is aborted */
  private async breathe(): Promise<void> {
    await setImmediate();
    this.signal.throwIfAborted();
  }

  /** Does `work` for each item, a few at once; stops before the next one when the run is aborted. */
  private async each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
    const queue = new PQueue({ concurrency: WRITES_AT_ONCE });
    const results = await Promise.allSettled(
      items.map((item) =>
        queue.add(async () => {
          await this.breathe();
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
