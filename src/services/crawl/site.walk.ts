import PQueue from 'p-queue';
import { siteOf, type PageVisitor, type Visit, type VisitedPage } from '../../corpus/index.js';
import type { CrawlReporter } from './crawl.reporter.js';
import type { CrawlSettings } from './crawl.settings.js';

/** The pages that a walk found. */
export interface WalkedSite {
  /** Pages to be indexed, in the order a reader would meet them. */
  pages: VisitedPage[];
  /** Whether a page failed for a reason that may pass, so that pages that were not reached may still exist. */
  isPartial: boolean;
}

/** The limits of a walk. */
export interface WalkLimits {
  max_pages: number;
  max_depth: number;
}

/** How many requests may be made for each wanted page, before the walk gives up. */
const ATTEMPTS_PER_PAGE = 5;
const SPARE_ATTEMPTS = 100;
const MAX_ADDRESSES = 100_000;
/** The pages of one wave are in memory together, and each may be of the largest size. */
const LARGEST_WAVE = 50;
/** How many pages are fetched at once; each waits in memory until it is read. */
const VISITS_AT_ONCE = 8;

/**
 * Walks through a site level by level: all pages one link away, then two, and so on. So a page's depth is its shortest
 * distance, and a site gives the same pages each time, however fast each page is.
 */
export class SiteWalk {
  private readonly known = new Set<string>();
  private readonly pages: VisitedPage[] = [];
  private level: string[] = [];
  /** The addresses that the pages so far link to, in their order. */
  private readonly next = new Set<string>();
  /** The known addresses of the next level; they estimate the remaining work. */
  private readonly glimpsed = new Set<string>();
  private depth = 0;
  private site = '';
  private attempts = 0;
  private settled = 0;
  private useful = 0;
  private pending = 0;
  private characters = 0;
  private isPartial = false;
  private readonly visits = new PQueue({ concurrency: VISITS_AT_ONCE });

  constructor(
    private readonly visitor: PageVisitor,
    private readonly settings: CrawlSettings,
    private readonly limits: WalkLimits,
    private readonly reporter: CrawlReporter,
    private readonly signal: AbortSignal,
  ) {}

  /** Marks an address as known; false when it is known already. */
  readonly claim = (url: string): boolean => {
    if (this.known.has(url) || this.known.size >= MAX_ADDRESSES) return false;
    this.known.add(url);
    return true;
  };

  /** Walks on from the start page. @throws the signal's reason when it is aborted */
  async from(start: VisitedPage): Promise<WalkedSite> {
    this.site = siteOf(start.url);
    this.settle(start.url, start);
    this.keep([start]);
    while (this.depth < this.limits.max_depth && this.room > 0) {
      this.depth += 1;
      this.level = [...this.next].filter(this.claim);
      this.next.clear();
      this.glimpsed.clear();
      if (this.level.length === 0) break;
      await this.walkLevel();
    }
    return { pages: this.pages, isPartial: this.isPartial };
  }

  /** How many more pages the walk may add. */
  private get room(): number {
    return this.characters > this.settings.maxCharacters ? 0 : this.limits.max_pages - this.pages.length;
  }

  private async walkLevel(): Promise<void> {
    const most = this.limits.max_pages * ATTEMPTS_PER_PAGE + SPARE_ATTEMPTS;
    while (this.level.length > 0 && this.room > 0 && this.attempts < most) {
      // A wave is no larger than the remaining room; its useless pages leave room for the next wave.
      const wave = this.level.splice(0, Math.min(this.room, most - this.attempts, LARGEST_WAVE));
      this.attempts += wave.length;
      this.pending = wave.length;
      const visits = await Promise.allSettled(wave.map((url) => this.visits.add(() => this.visit(url))));
      this.signal.throwIfAborted();
      const pages = visits.map((visit) => {
        if (visit.status === 'rejected') throw visit.reason;
        return visit.value;
      });
      this.keep(pages.filter((visit) => visit.kind === 'page'));
    }
    if (this.attempts >= most) this.cutShort(`most of its ${this.attempts} pages are of no use`);
    if (this.characters > this.settings.maxCharacters) this.cutShort('it has more text than one crawl may hold');
  }

  private async visit(url: string): Promise<Visit> {
    const visit = await this.visitor.visit(url, this.signal, { mayLeave: false, claim: this.claim });
    this.pending -= 1;
    this.settle(url, visit);
    return visit;
  }

  /** Reports the result of a visit. */
  private settle(url: string, visit: Visit): void {
    this.settled += 1;
    const reason = visit.kind === 'missed' ? visit.reason : whyUseless(visit);
    if (visit.kind === 'page' && this.depth < this.limits.max_depth) this.note(this.glimpsed, visit);
    if (reason === undefined) this.useful += 1;
    if (visit.kind === 'missed') this.isPartial ||= visit.temporary;
    const level = visit.kind === 'missed' ? visit.level : 'info';
    const message = reason === undefined ? `Read ${visit.url}` : `Left out ${url}: ${reason}`;
    const wanted = this.pending + this.level.length + this.glimpsed.size;
    const total_pages = Math.min(this.limits.max_pages, this.useful + wanted);
    const left = Math.max(this.pending, total_pages - this.useful);
    this.reporter.advance(
      this.settled,
      this.settled + left,
      { total_pages, current_url: visit.url },
      { level, message },
    );
  }

  /** Adds the pages to index, in their order, and the links of all pages. */
  private keep(pages: readonly VisitedPage[]): void {
    for (const page of pages) {
      this.note(this.next, page);
      if (whyUseless(page)) continue;
      this.pages.push({ ...page, document: { ...page.document, links: [] } });
      this.characters += page.document.text_length;
    }
  }

  /** Adds the addresses that a page links to, up to the limit. */
  private note(addresses: Set<string>, page: VisitedPage): void {
    for (const url of this.linksOf(page)) if (addresses.size < MAX_ADDRESSES) addresses.add(url);
  }

  /** The addresses of this site that a page links to and that are not known yet. */
  private linksOf({ document }: VisitedPage): string[] {
    return document.links.filter((url) => siteOf(url) === this.site && !this.known.has(url));
  }

  private cutShort(reason: string): void {
    this.isPartial = true;
    this.reporter.log('warning', `Looked for no more pages of this site; ${reason}`);
  }
}

function whyUseless({ document }: VisitedPage): string | undefined {
  if (document.noindex) return 'it asks not to be indexed';
  return document.text_length === 0 ? 'it has no text' : undefined;
}
