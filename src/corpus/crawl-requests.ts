import { Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import type { CrawlOrder } from './crawl.store.js';

/** Has a crawl made under an id, as the service does that makes them. */
export type CrawlStart = (order: CrawlOrder, progress_id: string) => Promise<unknown>;

/** The way to ask for a crawl without knowing who makes it. */
@Injectable()
export class CrawlRequests {
  private start: CrawlStart = () => Promise.reject(new Fault('call.failed'));

  /** Names who makes the crawls. */
  serveWith(start: CrawlStart): void {
    this.start = start;
  }

  /** Asks for a crawl; once the promise resolves it is made, whatever becomes of this process. @throws Fault `store.unavailable` */
  async make(order: CrawlOrder, progress_id: string): Promise<void> {
    await this.start(order, progress_id);
  }
}
