import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { isCrawlOver, type CrawlProgress } from '@switchyard/services';
import type { StartCrawl } from '@switchyard/services/crawl/crawl.dto';
import PQueue from 'p-queue';
import { Subject, type Observable, type Subscription } from 'rxjs';
import { Corpus, CrawlRuns, DomainEvents, WebClient } from '../../corpus/index.js';
import { CrawlAbort, CrawlFailure } from './crawl.failure.js';
import { CrawlReport } from './crawl.report.js';
import { CrawlRun } from './crawl.run.js';
import { CrawlSettings } from './crawl.settings.js';
import { SourceLocks } from './source.locks.js';

/** A run of this process. */
interface Job {
  request: StartCrawl;
  owner: string | undefined;
  report: CrawlReport;
  abort: AbortController;
  /** Whether it has left the queue. */
  isRunning: boolean;
  ended: Promise<void>;
}

/** Runs that are over and still answered from memory; older ones come from the store. */
const KEPT_JOBS = 200;

/** The crawls of this process: starts them, stops them and tells how far they are. */
@Injectable()
export class CrawlJobs implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(CrawlJobs.name);
  private readonly jobs = new Map<string, Job>();
  private readonly subject = new Subject<CrawlProgress>();
  private readonly queue: PQueue;
  private readonly locks = new SourceLocks();
  private readonly web: WebClient;
  private readonly subscriptions: Subscription[] = [];

  /** A fresh snapshot at each change of any run; the one that is over comes once for each run, and last. */
  readonly updates: Observable<CrawlProgress> = this.subject.asObservable();

  constructor(
    private readonly settings: CrawlSettings,
    private readonly corpus: Corpus,
    private readonly runs: CrawlRuns,
    private readonly events: DomainEvents,
  ) {
    this.queue = new PQueue({ concurrency: settings.maxRuns });
    this.web = new WebClient(settings);
  }

  /** Takes requests for crawls from other services. */
  onApplicationBootstrap(): void {
    this.subscriptions.push(
      this.events.on('crawl_requested').subscribe(({ request, owner, progress_id }) => {
        this.start(request, owner, progress_id);
      }),
      this.events.on('source_deleted').subscribe(({ source_id }) => this.abandon(source_id)),
    );
  }

  /** Starts a crawl in the background and returns at once. */
  start(request: StartCrawl, owner: string | undefined, progress_id: string = randomUUID()): CrawlProgress {
    this.forgetOldest();
    this.runs.begin(progress_id, request, owner);
    const report = new CrawlReport(progress_id, (progress) => this.subject.next(progress));
    const abort = new AbortController();
    // Every request that waits its turn listens to it.
    setMaxListeners(0, abort.signal);
    const job: Job = { request, owner, report, abort, isRunning: false, ended: Promise.resolve() };
    this.jobs.set(progress_id, job);
    this.subject.next(report.progress);
    job.ended = this.queue.add(() => this.run(job));
    return report.progress;
  }

  /**
   * Asks a run to stop and returns where it is; one that is over is returned as it is.
   *
   * @throws Fault `room.not_found` when nothing is known of it.
   */
  async stop(progress_id: string): Promise<CrawlProgress> {
    const job = this.jobs.get(progress_id);
    if (!job) {
      const stored = await this.progress(progress_id);
      if (!stored) throw new Fault('room.not_found', { progress_id });
      return stored;
    }
    if (!job.report.isOver && !job.abort.signal.aborted) {
      job.report.stopping('Stopping');
      this.abort(job, new CrawlAbort('cancelled'));
    }
    return job.report.progress;
  }

  /** Where a run is, of this process or of an earlier one; undefined when nothing is known of it. */
  async progress(progress_id: string): Promise<CrawlProgress | undefined> {
    return this.jobs.get(progress_id)?.report.progress ?? (await this.runs.get(progress_id))?.progress;
  }

  /** Whose run it is; undefined when it is nobody's or nothing is known of it. */
  async ownerOf(progress_id: string): Promise<string | undefined> {
    const job = this.jobs.get(progress_id);
    return job ? job.owner : (await this.runs.get(progress_id))?.owner;
  }

  /** Every run that is known, the one started last first. */
  async list(): Promise<CrawlProgress[]> {
    const runs = new Map((await this.runs.list()).map(({ progress }) => [progress.progress_id, progress]));
    for (const [id, { report }] of this.jobs) runs.set(id, report.progress);
    return [...runs.values()].sort((a, b) => b.started_at.localeCompare(a.started_at));
  }

  /** The runs that are stored as going on and do not go on here. */
  async unfinished(): Promise<string[]> {
    const runs = (await this.runs.list()).map(({ progress }) => progress);
    const open = runs.filter(({ progress_id, status }) => !isCrawlOver(status) && !this.isGoingOn(progress_id));
    return open.map(({ progress_id }) => progress_id);
  }

  /** How a run that is stored as going on ended, here or with its process; undefined when that is stored. */
  async bury(progress_id: string): Promise<CrawlProgress | undefined> {
    const stored = await this.runs.get(progress_id);
    const job = this.jobs.get(progress_id);
    if (job) return isCrawlOver(stored?.progress.status ?? 'waiting') ? undefined : job.report.progress;
    if (!stored || isCrawlOver(stored.progress.status)) return undefined;
    const { progress, request, owner } = stored;
    this.runs.begin(progress_id, request, owner);
    if (progress.source_id) await this.corpus.settleSource(progress.source_id);
    return interrupted(progress);
  }

  /** Stops a run of which nothing more can be told, and forgets it. */
  drop(progress_id: string): void {
    const job = this.jobs.get(progress_id);
    if (!job) return;
    this.jobs.delete(progress_id);
    this.abort(job, new CrawlAbort('error', 'interrupted: another process has ended it'));
  }

  /** Ends every run as interrupted and waits until all have. */
  async shutdown(): Promise<void> {
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
    const reason = new CrawlAbort('error', 'interrupted: the server was stopped');
    const running = [...this.jobs.values()].filter(({ report }) => !report.isOver);
    for (const job of running) this.abort(job, reason);
    await Promise.all(running.map(({ ended }) => ended));
    await this.web.close();
  }

  async onModuleDestroy(): Promise<void> {
    await this.shutdown();
  }

  private isGoingOn(progress_id: string): boolean {
    const job = this.jobs.get(progress_id);
    return job !== undefined && !job.report.isOver;
  }

  private async run(job: Job): Promise<void> {
    const { request, owner, report, abort } = job;
    if (report.isOver) return;
    const { web, corpus, locks, settings } = this;
    job.isRunning = true;
    try {
      report.start(`Starting with ${request.url}`);
      const run = new CrawlRun({ web, corpus, locks, settings }, request, report, abort.signal, owner);
      this.end(job, 'completed', await run.execute());
    } catch (thrown) {
      await this.settle(report);
      // What the run threw may be a follow-up of the abort; the abort is what happened.
      const cause: unknown = abort.signal.aborted ? abort.signal.reason : thrown;
      if (cause instanceof CrawlAbort) this.endAborted(job, cause);
      else this.end(job, 'error', this.explain(request.url, cause));
    }
  }

  private abort(job: Job, reason: CrawlAbort): void {
    job.abort.abort(reason);
    if (!job.isRunning) this.endAborted(job, reason);
  }

  private endAborted(job: Job, { status, message }: CrawlAbort): void {
    const { processed_pages } = job.report.progress;
    const kept = processed_pages > 0 ? `the ${processed_pages} pages indexed so far stay` : 'nothing was indexed';
    this.end(job, status, message || `Stopped; ${kept}`);
  }

  private end({ request, owner, report }: Job, status: 'completed' | 'error' | 'cancelled', message: string): void {
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
  private async settle({ progress: { source_id } }: CrawlReport): Promise<void> {
    if (!source_id) return;
    try {
      if (!(await this.corpus.settleSource(source_id))) await this.corpus.deleteSource(source_id);
    } catch (error) {
      this.logger.error(error);
    }
  }

  private explain(url: string, cause: unknown): string {
    if (cause instanceof CrawlFailure) return cause.message;
    this.logger.error(cause);
    if (cause instanceof Fault) return cause.message;
    return new CrawlFailure(url, 'the server met an error').message;
  }

  /** Stops whatever still writes to a source that was deleted. */
  private abandon(source_id: string): void {
    for (const job of this.jobs.values()) {
      if (job.report.isOver || job.report.progress.source_id !== source_id) continue;
      this.abort(job, new CrawlAbort('cancelled', 'Stopped because the source was deleted'));
    }
  }

  private forgetOldest(): void {
    const over = [...this.jobs].filter(([, { report }]) => report.isOver);
    for (const [progress_id] of over.slice(0, Math.max(0, over.length - KEPT_JOBS))) {
      this.jobs.delete(progress_id);
      this.runs.forget(progress_id);
    }
  }
}

function interrupted(progress: CrawlProgress): CrawlProgress {
  const at = new Date().toISOString();
  const error = 'interrupted: the server was stopped';
  const { current_url: _url, eta_s: _eta, ...rest } = progress;
  const logs = [...progress.logs.slice(-49), { at, level: 'error' as const, message: error }];
  return { ...rest, status: 'error', message: error, error, updated_at: at, completed_at: at, logs };
}
