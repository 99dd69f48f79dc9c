import type { OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { BaseRoomService, Call, RunLeases, ServiceGateway, isOpenTo, ownerOf, type Caller } from '@switchyard/server';
import { crawl, crawlLegacy, isCrawlOver, type CrawlProgress } from '@switchyard/services';
import { StartCrawl, StopCrawl } from '@switchyard/services/crawl/crawl.dto';
import { CrawlRuns } from '../../corpus/index.js';
import { CrawlJobs } from './crawl.jobs.js';

/** Crawls as seen from outside: started and stopped by calls, followed in one room each. */
@ServiceGateway(crawl, { legacy: [crawlLegacy] })
export class CrawlGateway extends BaseRoomService<typeof crawl> implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly jobs: CrawlJobs,
    private readonly runs: CrawlRuns,
    private readonly leases: RunLeases,
  ) {
    super();
  }

  onModuleInit(): void {
    this.jobs.updates.subscribe((progress) => {
      const { progress_id, status } = progress;
      const writes = [this.runs.documentWrite(progress)];
      const publish = () => this.publish(progress_id, 'progress_update', progress, writes);
      // What cannot be told is told by what comes after it.
      this.leases.tell(crawl.name, progress_id, isCrawlOver(status), publish).catch(() => undefined);
    });
  }

  /** Ends the runs that died with their process. */
  async onApplicationBootstrap(): Promise<void> {
    await this.leases.keep({
      service: crawl.name,
      unfinished: () => this.jobs.unfinished(),
      end: (id) => this.bury(id),
      lost: (id) => this.jobs.drop(id),
    });
  }

  override snapshot(progressId: string): Promise<CrawlProgress | undefined> {
    return this.jobs.progress(progressId);
  }

  override async authorize(caller: Caller, progressId: string): Promise<boolean> {
    return isOpenTo(caller, await this.jobs.ownerOf(progressId));
  }

  @Call('start_crawl')
  start(request: StartCrawl, caller: Caller) {
    const { progress_id } = this.jobs.start(request, ownerOf(caller));
    return { progress_id };
  }

  @Call('stop_crawl')
  async stop({ progress_id }: StopCrawl) {
    await this.jobs.stop(progress_id);
    return { progress_id, status: 'stopping' as const };
  }

  private async bury(progress_id: string): Promise<void> {
    const ended = await this.jobs.bury(progress_id);
    if (ended) await this.commit(progress_id, 'progress_update', ended, [this.runs.documentWrite(ended)]);
  }
}
