import { Module } from '@nestjs/common';
import { Environment } from '../../config/environment.js';
import { CorpusModule } from '../../corpus/index.js';
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
      useFactory: ({ CRAWL_ALLOW_PRIVATE, NODE_ENV, PORT }: Environment) =>
        new CrawlSettings({
          allowPrivate: CRAWL_ALLOW_PRIVATE,
          // A newcomer can crawl the sample that this application serves, with nothing to configure.
          ...(NODE_ENV === 'development' && PORT > 0 && { ownPort: PORT }),
        }),
    },
  ],
})
export class CrawlModule {}
