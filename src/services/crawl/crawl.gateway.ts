import type { OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import {
  BaseRoomService,
  Call,
  RunLeases,
  ServiceGateway,
  isOpenTo,
  ownerOf,
  type Caller,
  legacy,
} from '@switchyard/server';
import { crawl, crawlLegacy, type CrawlProgress } from '@switchyard/services';
import { StartCrawl, StopCrawl } from '@switchyard/services/crawl/crawl.dto';
import { CrawlStore } from '../../corpus/index.js';
import { CrawlJobs } from './crawl.jobs.js';
import { CrawlStates } from './crawl.states.js';

/** Crawls as seen from outside: started and stopped by calls, followed in one room each. */
@ServiceGateway(crawl, { wires: [legacy(crawlLegacy)] })
export class CrawlGateway extends BaseRoomService<typeof crawl> implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly jobs: CrawlJobs,
    private readonly states: CrawlStates,
    private readonly runs: CrawlStore,
    private readonly leases: RunLeases,
  ) {
    super();
  }

  onModuleInit(): void {
    this.states.publishWith((record) => {
      const writes = [this.runs.documentWrite(record)];
      return this.publish(record.progress.progress_id, 'progress_update', record.progress, writes);
    });
  }

  /** Ends the runs that died with their process, and goes on with those that wait. */
  async onApplicationBootstrap(): Promise<void> {
    await this.leases.keep({
      service: crawl.name,
      unfinished: () => this.states.unfinished(),
      isUnfinished: (id) => this.states.isUnfinished(id),
      end: (id) => this.bury(id),
      lost: (id) => this.jobs.drop(id),
    });
    await this.jobs.begin();
  }

  override snapshot(progressId: string): Promise<CrawlProgress | undefined> {
    return this.states.progress(progressId);
  }

  override async authorize(caller: Caller, progressId: string): Promise<boolean> {
    return isOpenTo(caller, await this.states.ownerOf(progressId));
  }

  @Call('start_crawl')
  async start(request: StartCrawl, caller: Caller) {
    const owner = ownerOf(caller);
    const { progress_id } = await this.jobs.start({ request, ...(owner !== undefined && { owner }) });
    return { progress_id };
  }

  @Call('stop_crawl')
  async stop({ progress_id }: StopCrawl) {
    await this.jobs.stop(progress_id);
    return { progress_id, status: 'stopping' as const };
  }

  private async bury(progress_id: string): Promise<void> {
    const ended = await this.jobs.bury(progress_id);
    if (ended) await this.commit(progress_id, 'progress_update', ended.progress, [this.runs.documentWrite(ended)]);
  }
}
