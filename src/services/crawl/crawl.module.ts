import { Module } from '@nestjs/common';
import { Environment } from '../../config/environment.js';
import { CorpusModule, webReach } from '../../corpus/index.js';
import { CrawlController } from './crawl.controller.js';
import { CrawlGateway } from './crawl.gateway.js';
import { CrawlJobs } from './crawl.jobs.js';
import { CrawlSettings } from './crawl.settings.js';

/** The crawl service. */
@Module({
  imports: [CorpusModule],
  controllers: [CrawlController],
  providers: [
    CrawlGateway,
    CrawlJobs,
    {
      provide: CrawlSettings,
      inject: [Environment],
      useFactory: (environment: Environment) => new CrawlSettings(webReach(environment)),
    },
  ],
})
export class CrawlModule {}
