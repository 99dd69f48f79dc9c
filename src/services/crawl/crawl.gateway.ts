import { randomUUID } from 'node:crypto';
import type { OnModuleInit } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { Call, RunLeases, Runs, ServiceGateway, legacy, ownerOf, type Caller } from '@switchyard/server';
import { crawl, crawlLegacy, isCrawlOver, type CrawlProgress } from '@switchyard/services';
import { StartCrawl, StopCrawl } from '@switchyard/services/crawl/crawl.dto';
import { Subscription } from 'rxjs';
import { CrawlRequests, CrawlStore, DomainEvents, type CrawlOrder, type StoredCrawl } from '../../corpus/index.js';
import { BaseJobService, JobQueue } from '../../jobs/index.js';
import { CrawlReporter, waitingCrawl } from './crawl.reporter.js';
import { CrawlSettings } from './crawl.settings.js';
import { CrawlWorker } from './crawl.worker.js';

/** How often a crawl is tried, if its failures are temporary. */
const ATTEMPTS = 3;

/** The crawl service: each room follows one crawl. */
@ServiceGateway(crawl, { wires: [legacy(crawlLegacy)] })
export class CrawlGateway extends BaseJobService<typeof crawl, StoredCrawl> implements OnModuleInit {
  private readonly subscription = new Subscription();

  constructor(
    leases: RunLeases,
    settings: CrawlSettings,
    store: CrawlStore,
    queue: JobQueue,
    private readonly worker: CrawlWorker,
    private readonly requests: CrawlRequests,
    private readonly events: DomainEvents,
  ) {
    const { maxRuns: concurrency, retryDelayMs: backoffMs } = settings;
    super(new Runs(leases, crawl.name), store, queue, { concurrency, backoffMs, attempts: ATTEMPTS });
  }

  /** Serves the requests of other services, and aborts the crawls of deleted sources. */
  onModuleInit(): void {
    this.requests.serveWith((order, progress_id) => this.begin(order, progress_id));
    const deleted = this.events.onAnywhere('source_deleted').subscribe(({ source_id }) => {
      for (const id of this.worker.crawlsOf(source_id)) {
        void this.runs.abort(id, 'stopped', 'Stopped because the source was deleted');
      }
    });
    this.subscription.add(deleted);
  }

  override async onModuleDestroy(): Promise<void> {
    this.subscription.unsubscribe();
    await super.onModuleDestroy();
    await this.worker.close();
  }

  override async snapshot(progressId: string): Promise<CrawlProgress | undefined> {
    return (await this.store.get(progressId))?.progress;
  }

  @Call('start_crawl')
  async start(request: StartCrawl, caller: Caller) {
    const owner = ownerOf(caller);
    const progress_id = randomUUID();
    await this.begin({ request, ...(owner !== undefined && { owner }) }, progress_id);
    return { progress_id };
  }

  @Call('stop_crawl')
  async stop({ progress_id }: StopCrawl) {
    const stored = await this.store.get(progress_id);
    if (!stored) throw new Fault('room.not_found', { progress_id });
    if (!this.store.isOver(stored)) await this.cancel(progress_id);
    return { progress_id, status: 'stopping' as const };
  }

  protected override isWaiting({ progress }: StoredCrawl): boolean {
    return progress.status === 'waiting';
  }

  // Another process may do the next try, so `waiting` ends the run here.
  protected override isLast({ payload: { status } }: { payload: CrawlProgress }): boolean {
    return status === 'waiting' || isCrawlOver(status);
  }

  protected override work(stored: StoredCrawl, signal: AbortSignal, mayRetry: boolean): Promise<void> {
    return this.worker.work(stored, this.reporter(stored), signal, mayRetry);
  }

  protected override refuse(stored: StoredCrawl, error: unknown): void {
    this.reporter(stored).finish('error', (error as Error).message);
  }

  protected override async interrupt(stored: StoredCrawl): Promise<void> {
    const { progress_id } = stored.progress;
    const progress = await this.worker.interrupted(stored);
    await this.publishRunEvent(progress_id, 'progress_update', progress, [this.store.put({ ...stored, progress })]);
  }

  private async begin(order: CrawlOrder, progress_id: string): Promise<void> {
    const stored: StoredCrawl = { ...order, progress: waitingCrawl(progress_id) };
    await this.enqueue(stored, () =>
      this.commit(progress_id, 'progress_update', stored.progress, [this.store.put(stored)]),
    );
  }

  private reporter(stored: StoredCrawl): CrawlReporter {
    const { progress_id } = stored.progress;
    return new CrawlReporter(stored.progress, (progress) => {
      const writes = [this.store.put({ ...stored, progress })];
      // The next progress replaces one that is lost; the end is published later.
      this.publishRunEvent(progress_id, 'progress_update', progress, writes).catch(() => undefined);
    });
  }
}
