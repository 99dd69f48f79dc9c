import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { crawl, isCrawlOver, type CrawlProgress } from '@switchyard/services';
import { Subscription } from 'rxjs';
import { CrawlRequests, CrawlStore, DomainEvents, type CrawlOrder, type StoredCrawl } from '../../corpus/index.js';
import { JobQueue } from '../../jobs/index.js';
import { CrawlAbort, INTERRUPTED } from './crawl.failure.js';
import { CrawlWorker } from './crawl.worker.js';
import { CrawlSettings } from './crawl.settings.js';
import { CrawlStates } from './crawl.states.js';

const QUEUE = crawl.name;
/** Tries of a run that something which may be over in a moment got in the way of. */
const ATTEMPTS = 3;

/** The crawls that are asked for: has them made, by whichever process comes to it, and stopped. */
@Injectable()
export class CrawlJobs implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(CrawlJobs.name);
  private readonly subscription = new Subscription();

  constructor(
    private readonly settings: CrawlSettings,
    private readonly runs: CrawlStore,
    private readonly events: DomainEvents,
    private readonly requests: CrawlRequests,
    private readonly queue: JobQueue,
    private readonly states: CrawlStates,
    private readonly runner: CrawlWorker,
  ) {
    queue.process<CrawlOrder>(QUEUE, settings.maxRuns, (job, signal) => runner.run(job, signal));
  }

  /** Takes requests for crawls from other services. */
  onModuleInit(): void {
    this.requests.serveWith((order, progress_id) => this.start(order, progress_id));
    this.subscription.add(
      this.events.onAnywhere('source_deleted').subscribe(({ source_id }) => {
        const reason = new CrawlAbort('cancelled', 'Stopped because the source was deleted');
        for (const id of this.states.ofSource(source_id)) this.abort(id, reason);
      }),
    );
  }

  /** Begins with the runs that are there to be done. @throws Fault `store.unavailable` */
  begin(): Promise<void> {
    return this.queue.begin(QUEUE);
  }

  /** Has a crawl made; once the promise resolves it is, whatever becomes of this process. @throws Fault `store.unavailable` */
  async start(order: CrawlOrder, progress_id: string = randomUUID()): Promise<CrawlProgress> {
    try {
      const { progress } = await this.states.open(progress_id, order);
      const backoffMs = this.settings.retryDelayMs;
      await this.queue.enqueue(QUEUE, order, { id: progress_id, attempts: ATTEMPTS, backoffMs });
      this.states.handOver(progress_id);
      return progress;
    } catch (error) {
      // It may have been told that it waits.
      this.states.report(progress_id)?.finish('error', (error as Error).message);
      throw error;
    }
  }

  /**
   * Asks a run to stop, wherever it is, and returns where it is; one that is over is returned as it is.
   *
   * @throws Fault `room.not_found` when nothing is known of it; `store.unavailable`
   */
  async stop(progress_id: string): Promise<CrawlProgress> {
    const progress = await this.states.progress(progress_id);
    if (!progress) throw new Fault('room.not_found', { progress_id });
    if (isCrawlOver(progress.status)) return progress;
    const report = this.states.report(progress_id);
    report?.stopping('Stopping');
    await this.queue.cancel(QUEUE, progress_id, new CrawlAbort('cancelled'));
    return report?.progress ?? progress;
  }

  /** How a run that is stored as going on ends when nobody works on it; undefined when it ended, or is there to be done. */
  async bury(progress_id: string): Promise<StoredCrawl | undefined> {
    const stored = await this.runs.get(progress_id);
    if (!stored || isCrawlOver(stored.progress.status)) return undefined;
    if (stored.progress.status === 'waiting' && (await this.queue.has(QUEUE, progress_id))) return undefined;
    return this.runner.interrupt(stored);
  }

  /** Stops a run of which nothing more can be told. */
  drop(progress_id: string): void {
    if (!this.states.drop(progress_id)) return;
    this.abort(progress_id, new CrawlAbort('error', 'interrupted: another process has ended it'));
  }

  /** Ends the runs of this process as interrupted and waits until all have; what waits does so for another. */
  async onModuleDestroy(): Promise<void> {
    this.subscription.unsubscribe();
    await this.queue.stop(QUEUE, new CrawlAbort('error', INTERRUPTED));
    await this.runner.close();
  }

  private abort(progress_id: string, reason: CrawlAbort): void {
    this.queue.cancel(QUEUE, progress_id, reason).catch((error: unknown) => this.logger.error(error));
  }
}
