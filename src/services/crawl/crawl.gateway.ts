import type { OnModuleInit } from '@nestjs/common';
import { BaseRoomService, Call, ServiceGateway, isOpenTo, ownerOf, type Caller } from '@switchyard/server';
import { crawl, crawlLegacy, type CrawlProgress } from '@switchyard/services';
import { StartCrawl, StopCrawl } from '@switchyard/services/dto';
import { CrawlRuns } from '../../corpus/index.js';
import { CrawlJobs } from './crawl.jobs.js';

/** Crawls as seen from outside: started and stopped by calls, followed in one room each. */
@ServiceGateway(crawl, { legacy: [crawlLegacy] })
export class CrawlGateway extends BaseRoomService<typeof crawl> implements OnModuleInit {
  constructor(
    private readonly jobs: CrawlJobs,
    private readonly runs: CrawlRuns,
  ) {
    super();
  }

  onModuleInit(): void {
    this.jobs.updates.subscribe((progress) => {
      const writes = [this.runs.documentWrite(progress)];
      void this.publish(progress.progress_id, 'progress_update', progress, writes);
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
}
