import { setMaxListeners } from 'node:events';
import { Injectable, Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { RunAborted, RunLeases } from '@switchyard/server';
import type { CrawlProgress } from '@switchyard/services';
import {
  Corpus,
  DocumentReaders,
  DomainEvents,
  WebClient,
  type CrawlOrder,
  type StoredCrawl,
} from '../../corpus/index.js';
import { CrawlFailure } from './crawl.failure.js';
import { CrawlReporter } from './crawl.reporter.js';
import { CrawlSettings } from './crawl.settings.js';
import { CrawlSteps } from './crawl.steps.js';

const INTERRUPTED = 'interrupted: the server was stopped';

/** Crawls sites, and settles their sources when a crawl ends early. */
@Injectable()
export class CrawlWorker {
  private readonly logger = new Logger('crawl');
  private readonly web: WebClient;
  private readonly active = new Set<CrawlReporter>();

  constructor(
    private readonly settings: CrawlSettings,
    private readonly corpus: Corpus,
    private readonly events: DomainEvents,
    private readonly leases: RunLeases,
    private readonly documents: DocumentReaders,
  ) {
    this.web = new WebClient(settings);
  }

  /** Closes the connections to the sites. */
  close(): Promise<void> {
    return this.web.close();
  }

  /** Returns the ids of this process's crawls that write to a source. */
  crawlsOf(source_id: string): string[] {
    const progresses = [...this.active].map(({ progress }) => progress);
    return progresses.filter((progress) => progress.source_id === source_id).map(({ progress_id }) => progress_id);
  }

  /** Crawls a site and reports the end. @throws a recoverable Fault, if the crawl may be tried again */
  async work(order: CrawlOrder, reporter: CrawlReporter, signal: AbortSignal, mayRetry: boolean): Promise<void> {
    const onAbort = () => {
      const { kind, why } = RunAborted.from(signal.reason);
      // A stop without an explanation comes from a user.
      if (kind === 'stopped' && why === undefined) reporter.stopping('Stopping');
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.active.add(reporter);
    try {
      if (reporter.progress.status !== 'waiting') throw new RunAborted('interrupted');
      signal.throwIfAborted();
      reporter.start(`Starting with ${order.request.url}`);
      this.end(order, reporter, 'completed', await this.crawl(order, reporter, signal));
    } catch (thrown) {
      await this.settle(reporter.progress);
      // After an abort, the thrown error may only be its consequence.
      const cause: unknown = signal.aborted ? signal.reason : thrown;
      const waits = mayRetry && cause instanceof Fault && cause.recoverable;
      if (!waits) return this.fail(order, reporter, cause);
      reporter.wait(`${cause.message}; trying again in a moment`);
      throw cause;
    } finally {
      this.active.delete(reporter);
    }
  }

  /** Settles the source of a crawl whose process died, and returns the last progress of the crawl. */
  async interrupted({ progress }: StoredCrawl): Promise<CrawlProgress> {
    await this.settle(progress);
    const reporter = new CrawlReporter(progress, () => undefined);
    reporter.finish('error', INTERRUPTED);
    return reporter.progress;
  }

  private crawl({ request, owner }: CrawlOrder, reporter: CrawlReporter, signal: AbortSignal): Promise<string> {
    const { web, corpus, leases, settings } = this;
    // Each crawl without an owner has its own place in the queue of readers.
    const document = this.documents.for(owner ?? reporter.progress.progress_id);
    // Each waiting request listens to the signal; there may be many.
    setMaxListeners(0, signal);
    return new CrawlSteps({ web, document, corpus, leases, settings }, request, reporter, signal, owner).execute();
  }

  private fail(order: CrawlOrder, reporter: CrawlReporter, cause: unknown): void {
    if (!(cause instanceof RunAborted)) {
      return this.end(order, reporter, 'error', this.explain(order.request.url, cause));
    }
    if (cause.kind !== 'stopped') return this.end(order, reporter, 'error', INTERRUPTED);
    const { processed_pages } = reporter.progress;
    const kept = processed_pages > 0 ? `the ${processed_pages} pages indexed so far stay` : 'nothing was indexed';
    this.end(order, reporter, 'cancelled', cause.why ?? `Stopped; ${kept}`);
  }

  private end(
    { request, owner }: CrawlOrder,
    reporter: CrawlReporter,
    status: 'completed' | 'error' | 'cancelled',
    message: string,
  ): void {
    reporter.finish(status, message);
    const { progress_id, source_id } = reporter.progress;
    this.events.emit('crawl_finished', {
      url: request.url,
      success: status === 'completed',
      message,
      progress_id,
      ...(source_id && { source_id }),
      ...(owner !== undefined && { owner }),
    });
  }

  /** Keeps what is stored of the source of a crawl that ended early; a source that was deleted meanwhile stays deleted. */
  private async settle({ source_id }: CrawlProgress): Promise<void> {
    if (!source_id) return;
    try {
      if (!(await this.corpus.settleSource(source_id))) await this.corpus.deleteSource(source_id);
    } catch (error) {
      this.logger.error(error);
    }
  }

  private explain(url: string, cause: unknown): string {
    if (cause instanceof CrawlFailure || cause instanceof Fault) return cause.message;
    this.logger.error(cause);
    return new CrawlFailure(url, 'the server met an error').message;
  }
}
