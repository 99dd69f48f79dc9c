import { BehaviorSubject } from 'rxjs';
import type { PageStorage } from '../storage/page.storage.js';

/** A crawl that this browser started, stored to show its card after a reload. */
export interface RecentCrawl {
  id: string;
  url: string;
}

/** The storage key of the crawls. */
export const RECENT_CRAWLS_KEY = 'switchyard.crawls';
/** The limit of shown crawls; a card is a live view, not an archive. */
const MAX_CRAWLS = 12;

/** Stores the crawls that this browser shows in all its tabs, newest first. */
export class RecentCrawls extends BehaviorSubject<readonly RecentCrawl[]> {
  constructor(private readonly storage: Pick<PageStorage, 'get' | 'set'>) {
    super(read(storage));
  }

  /** Loads the changes of another tab. */
  refresh(): void {
    this.next(read(this.storage));
  }

  add(crawl: RecentCrawl): void {
    this.store([crawl, ...read(this.storage)].slice(0, MAX_CRAWLS));
  }

  remove(id: string): void {
    this.store(read(this.storage).filter((crawl) => crawl.id !== id));
  }

  private store(crawls: readonly RecentCrawl[]): void {
    this.storage.set(RECENT_CRAWLS_KEY, JSON.stringify(crawls));
    this.next(crawls);
  }
}

function read(storage: Pick<PageStorage, 'get'>): RecentCrawl[] {
  try {
    const stored: unknown = JSON.parse(storage.get(RECENT_CRAWLS_KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isRecentCrawl) : [];
  } catch {
    // Ignore stored data that this page did not write.
    return [];
  }
}

function isRecentCrawl(value: unknown): value is RecentCrawl {
  const { id, url } = (value ?? {}) as Partial<RecentCrawl>;
  return typeof id === 'string' && typeof url === 'string';
}
