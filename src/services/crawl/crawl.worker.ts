import { setMaxListeners } from 'node:events';
import { Injectable, Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { RunLeases } from '@switchyard/server';
import { crawl, isCrawlOver } from '@switchyard/services';
import {
  Corpus,
  CrawlStore,
  DocumentReaders,
  DomainEvents,
  WebClient,
  type CrawlOrder,
  type StoredCrawl,
} from '../../corpus/index.js';
import type { Job } from '../../jobs/index.js';
import { CrawlAbort, CrawlFailure, INTERRUPTED } from './crawl.failure.js';
import { CrawlReporter } from './crawl.reporter.js';
import { CrawlSteps } from './crawl.steps.js';
import { CrawlSettings } from './crawl.settings.js';
import { CrawlStates } from './crawl.states.js';
import { SourceLocks } from './source.locks.js';

/** How long a run that is aborted may still be in other hands before its end is left to them, in ms. */
const OTHERS_MS = 10_000;

/**
 * Does the jobs of crawls. The queue says which process shall do one, the run's lease which may, and what is stored of
 * the run whether there is anything left to do: one that waits is gone on with, one that had begun is ended.
 */
@Injectable()
export class CrawlWorker {
  private readonly logger = new Logger('crawl');
  private readonly web: WebClient;

  constructor(
    private readonly settings: CrawlSettings,
    private readonly corpus: Corpus,
    private readonly runs: CrawlStore,
    private readonly events: DomainEvents,
    private readonly states: CrawlStates,
    private readonly locks: SourceLocks,
    private readonly leases: RunLeases,
    private readonly documents: DocumentReaders,
  ) {
    this.web = new WebClient(settings);
  }

  /** Lets go of its connections. */
  close(): Promise<void> {
    return this.web.close();
  }

  /** Does a job. @throws what may be over in a moment, to be tried again */
  async run({ id, data, attempt, attempts }: Job<CrawlOrder>, signal: AbortSignal): Promise<void> {
    const left = (await this.takeOver(id, signal))?.progress;
    if (left && isCrawlOver(left.status)) return this.states.handOver(id);
    const report = this.states.follow(id, data, left);
    try {
      if (left && left.status !== 'waiting') throw new CrawlAbort('error', INTERRUPTED);
      signal.throwIfAborted();
      report.start(`Starting with ${data.request.url}`);
      this.end(data, report, 'completed', await this.crawl(data, report, signal));
    } catch (thrown) {
      await this.settle(report);
      // What the run threw may be a follow-up of the abort; the abort is what happened.
      const cause = signal.aborted ? abortOf(signal) : thrown;
      const mayPass = cause instanceof Fault && cause.recoverable && attempt < attempts;
      if (!mayPass) return this.fail(data, report, cause);
      report.wait(`${cause.message}; trying again in a moment`);
      throw cause;
    }
  }

  /** Ends a run that cannot be gone on with, or is not to be. */
  fail(order: CrawlOrder, report: CrawlReporter, cause: unknown): void {
    if (!(cause instanceof CrawlAbort)) return this.end(order, report, 'error', this.explain(order.request.url, cause));
    const { processed_pages } = report.progress;
    const kept = processed_pages > 0 ? `the ${processed_pages} pages indexed so far stay` : 'nothing was indexed';
    this.end(order, report, cause.status, cause.message || `Stopped; ${kept}`);
  }

  /** How a run ends whose process is gone. */
  async interrupt(stored: StoredCrawl): Promise<StoredCrawl> {
    const report = new CrawlReporter(stored.progress.progress_id, () => undefined, stored.progress);
    await this.settle(report);
    report.finish('error', INTERRUPTED);
    return { ...stored, progress: report.progress };
  }

  /** Makes this process the one that tells of a run, and returns what is stored of it. */
  private async takeOver(id: string, signal: AbortSignal): Promise<StoredCrawl | undefined> {
    // One that is aborted has to be ended by somebody.
    await this.leases
      .acquire(crawl.name, id, signal)
      .catch(() => this.leases.acquire(crawl.name, id, AbortSignal.timeout(OTHERS_MS)));
    try {
      return await this.runs.get(id);
    } catch (error) {
      this.states.handOver(id);
      throw error;
    }
  }

  private crawl({ request, owner }: CrawlOrder, report: CrawlReporter, signal: AbortSignal): Promise<string> {
    const { web, corpus, locks, settings } = this;
    // What is nobody's is not all of one user: each such run has its own turn.
    const document = this.documents.for(owner ?? report.progress.progress_id);
    // Every request that waits its turn listens to it.
    setMaxListeners(0, signal);
    return new CrawlSteps({ web, document, corpus, locks, settings }, request, report, signal, owner).execute();
  }

  private end(
    { request, owner }: CrawlOrder,
    report: CrawlReporter,
    status: 'completed' | 'error' | 'cancelled',
    message: string,
  ): void {
    report.finish(status, message);
    const { progress_id, source_id } = report.progress;
    this.events.emit('crawl_finished', {
      url: request.url,
      success: status === 'completed',
      message,
      progress_id,
      ...(source_id && { source_id }),
      ...(owner !== undefined && { owner }),
    });
  }

  /** Leaves the source of a run that ended early with what it has, or with nothing if it was deleted meanwhile. */
  private async settle({ progress: { source_id } }: CrawlReporter): Promise<void> {
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

// Another process cannot say why it cancelled.
function abortOf({ reason }: AbortSignal): CrawlAbort {
  return reason instanceof CrawlAbort ? reason : new CrawlAbort('cancelled');
}
