import PQueue from 'p-queue';
import { siteOf, type PageVisitor, type Visit, type VisitedPage } from '../../corpus/index.js';
import type { CrawlReporter } from './crawl.reporter.js';
import type { CrawlSettings } from './crawl.settings.js';

/** The pages that a walk found. */
export interface WalkedSite {
  /** The pages to index, in the order in which a reader meets them. */
  pages: VisitedPage[];
  /** Whether a page failed temporarily or a limit was reached, so that missing pages may still exist. */
  isPartial: boolean;
}

/** The limits of a walk. */
export interface WalkLimits {
  max_pages: number;
  max_depth: number;
}

/** How many requests the walk makes for each wanted page before it gives up. */
const ATTEMPTS_PER_PAGE = 5;
const SPARE_ATTEMPTS = 100;
const MAX_ADDRESSES = 100_000;
/** How many pages are in one wave; they are in memory together, and each may have the maximal size. */
const MAX_WAVE = 50;
/** How many pages are fetched at once; each waits in memory until it is read. */
const VISITS_AT_ONCE = 8;

/**
 * Walks through a site level by level: all pages one link away, then two, and so on. So the depth of a page is its
 * shortest distance, and each walk of a site finds the same pages, whatever their speed.
 */
export class SiteWalk {
  private readonly known = new Set<string>();
  private readonly pages: VisitedPage[] = [];
  private level: string[] = [];
  /** The addresses in the pages so far, in the order of the links. */
  private readonly next = new Set<string>();
  /** The addresses of the next level that are known so far, to estimate the remaining work. */
  private readonly upcoming = new Set<string>();
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

  /** Marks an address as known; false when it is already known. */
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
      this.upcoming.clear();
      if (this.level.length === 0) break;
      await this.walkLevel();
    }
    return { pages: this.pages, isPartial: this.isPartial };
  }

  /** The number of pages that the walk may still add. */
  private get room(): number {
    return this.characters > this.settings.maxCharacters ? 0 : this.limits.max_pages - this.pages.length;
  }

  private async walkLevel(): Promise<void> {
    const max = this.limits.max_pages * ATTEMPTS_PER_PAGE + SPARE_ATTEMPTS;
    while (this.level.length > 0 && this.room > 0 && this.attempts < max) {
      // A wave takes at most the remaining room; its useless pages leave room for the next wave.
      const wave = this.level.splice(0, Math.min(this.room, max - this.attempts, MAX_WAVE));
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
    if (this.attempts >= max) this.cutShort(`most of its ${this.attempts} pages are of no use`);
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
    if (visit.kind === 'page' && this.depth < this.limits.max_depth) this.addLinks(this.upcoming, visit);
    if (reason === undefined) this.useful += 1;
    if (visit.kind === 'missed') this.isPartial ||= visit.temporary;
    const level = visit.kind === 'missed' ? visit.level : 'info';
    const message = reason === undefined ? `Read ${visit.url}` : `Left out ${url}: ${reason}`;
    const wanted = this.pending + this.level.length + this.upcoming.size;
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
      this.addLinks(this.next, page);
      if (whyUseless(page)) continue;
      this.pages.push({ ...page, document: { ...page.document, links: [] } });
      this.characters += page.document.text_length;
    }
  }

  /** Adds the links of a page to `addresses`, up to the limit. */
  private addLinks(addresses: Set<string>, page: VisitedPage): void {
    for (const url of this.linksOf(page)) if (addresses.size < MAX_ADDRESSES) addresses.add(url);
  }

  /** Returns the links of a page to unknown addresses of this site. */
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
