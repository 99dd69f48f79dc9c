import { Injectable } from '@nestjs/common';
import { RunLeases } from '@switchyard/server';
import { crawl, isCrawlOver, type CrawlProgress } from '@switchyard/services';
import { CrawlStore, type CrawlOrder, type StoredCrawl } from '../../corpus/index.js';
import { CrawlReporter } from './crawl.reporter.js';

/** Tells a run's room where the run is, and keeps that. */
export type CrawlPublish = (record: StoredCrawl) => Promise<unknown>;

/** Where crawls are: those of this process from memory, all others from the store; and the way to tell of them. */
@Injectable()
export class CrawlStates {
  /** The runs that this process tells of. */
  private readonly here = new Map<string, CrawlOrder & { report: CrawlReporter }>();
  private publish: CrawlPublish = () =>
    Promise.reject(new Error('unable to tell of crawls; nobody publishes them yet'));

  constructor(
    private readonly runs: CrawlStore,
    private readonly leases: RunLeases,
  ) {}

  /** Names how each change of a run is told. */
  publishWith(publish: CrawlPublish): void {
    this.publish = publish;
  }

  /** Makes a run known that waits for its turn; its room is this process's until it is handed over. @throws Fault `store.unavailable` */
  async open(progress_id: string, order: CrawlOrder): Promise<CrawlReporter> {
    const report = this.follow(progress_id, order);
    await this.tell({ ...order, progress: report.progress }, false);
    return report;
  }

  /** Has each change of a run told, whose lease this process has; a run that waits again, or is over, is let go. */
  follow(progress_id: string, order: CrawlOrder, left?: CrawlProgress): CrawlReporter {
    const changed = (progress: CrawlProgress) => {
      const isLast = progress.status === 'waiting' || isCrawlOver(progress.status);
      if (isLast) this.here.delete(progress_id);
      // What cannot be told is told by what comes after it.
      this.tell({ ...order, progress }, isLast).catch(() => undefined);
    };
    const report = new CrawlReporter(progress_id, changed, left);
    this.here.set(progress_id, { ...order, report });
    return report;
  }

  /** Leaves a run to whoever does its job. */
  handOver(progress_id: string): void {
    this.here.delete(progress_id);
    this.leases.handOver(crawl.name, progress_id);
  }

  /** Forgets a run of which nothing more can be told. */
  drop(progress_id: string): boolean {
    return this.here.delete(progress_id);
  }

  /** The run's report, if this process tells of it. */
  report(progress_id: string): CrawlReporter | undefined {
    return this.here.get(progress_id)?.report;
  }

  /** The runs of this process that write to a source. */
  ofSource(source_id: string): string[] {
    return [...this.here].filter(([, { report }]) => report.progress.source_id === source_id).map(([id]) => id);
  }

  /** Where a run is; undefined when nothing is known of it. */
  async progress(progress_id: string): Promise<CrawlProgress | undefined> {
    return this.report(progress_id)?.progress ?? (await this.runs.get(progress_id))?.progress;
  }

  /** Whose run it is; undefined when it is nobody's or nothing is known of it. */
  async ownerOf(progress_id: string): Promise<string | undefined> {
    return (this.here.get(progress_id) ?? (await this.runs.get(progress_id)))?.owner;
  }

  /** The runs that are stored as going on and do not go on here. */
  async unfinished(): Promise<string[]> {
    const runs = (await this.runs.list()).map(({ progress }) => progress);
    const open = runs.filter(({ progress_id, status }) => !isCrawlOver(status) && !this.here.has(progress_id));
    return open.map(({ progress_id }) => progress_id);
  }

  /** Whether a run is one of those. */
  async isUnfinished(progress_id: string): Promise<boolean> {
    const record = this.here.has(progress_id) ? undefined : await this.runs.get(progress_id);
    return record !== undefined && !isCrawlOver(record.progress.status);
  }

  private tell(record: StoredCrawl, isLast: boolean): Promise<unknown> {
    return this.leases.tell(crawl.name, record.progress.progress_id, isLast, () => this.publish(record));
  }
}
