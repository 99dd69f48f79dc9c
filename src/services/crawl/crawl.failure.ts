/** A crawl that cannot be done; the message is for people. */
export class CrawlFailure extends Error {
  override readonly name = 'CrawlFailure';

  constructor(url: string, reason: string) {
    super(`unable to crawl ${url}; ${reason}`);
  }
}

/** Why a run was aborted: what its last state is, and what is said about it. */
export class CrawlAbort extends Error {
  override readonly name = 'CrawlAbort';

  constructor(
    readonly status: 'cancelled' | 'error',
    message = '',
  ) {
    super(message);
  }
}

/** What is said of a run whose process is gone. */
export const INTERRUPTED = 'interrupted: the server was stopped';
