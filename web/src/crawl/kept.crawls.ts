import { BehaviorSubject } from 'rxjs';
import type { PageStorage } from '../storage/page.storage.js';

/** A crawl this browser started, kept so that its card is there again after a reload. */
export interface KeptCrawl {
  id: string;
  url: string;
}

/** Where the crawls are in the browser's storage. */
export const RECENT_CRAWLS_KEY = 'switchyard.crawls';
/** Older ones go: a card is a live view, not an archive. */
const MOST = 12;

/** The crawls this browser shows, the newest first, in all its tabs. */
export class KeptCrawls extends BehaviorSubject<readonly KeptCrawl[]> {
  constructor(private readonly storage: Pick<PageStorage, 'get' | 'set'>) {
    super(read(storage));
  }

  /** Takes over what another tab has kept. */
  refresh(): void {
    this.next(read(this.storage));
  }

  add(crawl: KeptCrawl): void {
    this.keep([crawl, ...read(this.storage)].slice(0, MOST));
  }

  remove(id: string): void {
    this.keep(read(this.storage).filter((crawl) => crawl.id !== id));
  }

  private keep(crawls: readonly KeptCrawl[]): void {
    this.storage.set(RECENT_CRAWLS_KEY, JSON.stringify(crawls));
    this.next(crawls);
  }
}

function read(storage: Pick<PageStorage, 'get'>): KeptCrawl[] {
  try {
    const kept: unknown = JSON.parse(storage.get(RECENT_CRAWLS_KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isKeptCrawl) : [];
  } catch {
    // Whoever wrote it, it was not this page.
    return [];
  }
}

function isKeptCrawl(value: unknown): value is KeptCrawl {
  const { id, url } = (value ?? {}) as Partial<KeptCrawl>;
  return typeof id === 'string' && typeof url === 'string';
}
