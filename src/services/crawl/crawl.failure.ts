/** The reason why a site could not be crawled; the message is for people. */
export class CrawlFailure extends Error {
  override readonly name = 'CrawlFailure';

  constructor(url: string, reason: string) {
    super(`unable to crawl ${url}; ${reason}`);
  }
}
