import { Module } from '@nestjs/common';
import { Environment } from '../../config/environment.js';
import { CorpusModule, webReach } from '../../corpus/index.js';
import { JobsModule } from '../../jobs/index.js';
import { CrawlController } from './crawl.controller.js';
import { CrawlGateway } from './crawl.gateway.js';
import { CrawlWorker } from './crawl.worker.js';
import { CrawlSettings } from './crawl.settings.js';

/** The crawl service. */
@Module({
  imports: [CorpusModule, JobsModule],
  controllers: [CrawlController],
  providers: [
    CrawlGateway,
    CrawlWorker,
    {
      provide: CrawlSettings,
      inject: [Environment],
      useFactory: (environment: Environment) => new CrawlSettings(webReach(environment)),
    },
  ],
})
export class CrawlModule {}
