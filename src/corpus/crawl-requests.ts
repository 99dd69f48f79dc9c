import { Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import type { CrawlOrder } from './crawl.store.js';

/** Starts a crawl under an id; the crawl service provides it. */
export type CrawlStart = (order: CrawlOrder, progress_id: string) => Promise<unknown>;

/** Forwards crawl requests of other services to the crawl service. */
@Injectable()
export class CrawlRequests {
  private start: CrawlStart = () => Promise.reject(new Fault('call.failed'));

  /** Sets the function that starts crawls. */
  serveWith(start: CrawlStart): void {
    this.start = start;
  }

  /** Requests a crawl; once the promise resolves, it runs even if this process ends. @throws Fault `store.unavailable` */
  async make(order: CrawlOrder, progress_id: string): Promise<void> {
    await this.start(order, progress_id);
  }
}
