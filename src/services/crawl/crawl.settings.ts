import type { WebSettings } from '../../corpus/index.js';

/** The settings of crawls; the defaults are for a public server. Times are milliseconds. */
export class CrawlSettings implements WebSettings {
  /** `CRAWL_ALLOW_PRIVATE`: whether private and loopback addresses may be crawled too. */
  readonly allowPrivate: boolean = false;
  readonly ownPort?: number;
  readonly concurrency: number = 4;
  readonly maxPageBytes: number = 5 * 2 ** 20;
  readonly requestTimeoutMs: number = 15_000;
  readonly userAgent: string = 'Switchyard';
  readonly retryDelayMs: number = 1000;
  /** How many crawls a process does at once; others wait. */
  readonly maxRuns: number = 4;
  readonly maxPages: number = 50;
  readonly maxDepth: number = 3;
  /** How many characters of text one crawl may hold in memory. */
  readonly maxCharacters: number = 50_000_000;

  constructor(settings: Partial<CrawlSettings> = {}) {
    Object.assign(this, settings);
  }
}
