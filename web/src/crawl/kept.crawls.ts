import { BehaviorSubject } from 'rxjs';

/** A crawl this browser started, kept so that its card is there again after a reload. */
export interface KeptCrawl {
  id: string;
  url: string;
}

const KEY = 'switchyard.crawls';
/** Older ones go: a card is a live view, not an archive. */
const MOST = 12;

/** The crawls this browser shows, the newest first, in all its tabs. */
export class KeptCrawls extends BehaviorSubject<readonly KeptCrawl[]> {
  constructor(private readonly storage: Pick<Storage, 'getItem' | 'setItem'>) {
    super(read(storage));
  }

  /** Takes over what another tab has kept. */
  refresh(): void {
    this.next(read(this.storage));
  }

  add(crawl: KeptCrawl): void {
    this.keep([crawl, ...this.value].slice(0, MOST));
  }

  remove(id: string): void {
    this.keep(this.value.filter((crawl) => crawl.id !== id));
  }

  private keep(crawls: readonly KeptCrawl[]): void {
    try {
      this.storage.setItem(KEY, JSON.stringify(crawls));
    } catch {
      // Storage may refuse (private mode, quota); the cards then live as long as the page.
    }
    this.next(crawls);
  }
}

function read(storage: Pick<Storage, 'getItem'>): KeptCrawl[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isKeptCrawl) : [];
  } catch {
    return [];
  }
}

function isKeptCrawl(value: unknown): value is KeptCrawl {
  const { id, url } = (value ?? {}) as Partial<KeptCrawl>;
  return typeof id === 'string' && typeof url === 'string';
}

export const keptCrawls = new KeptCrawls(window.localStorage);

window.addEventListener('storage', ({ key }) => {
  if (key === KEY || key === null) keptCrawls.refresh();
});
