import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { CorpusModule } from '../../corpus/index.js';
import { JobsModule } from '../../jobs/index.js';
import { KnowledgeController } from './knowledge.controller.js';
import { KnowledgeGateway } from './knowledge.gateway.js';
import { KnowledgeItems } from './knowledge.items.js';
import { KnowledgeSettings } from './knowledge.settings.js';
import { KnowledgeUploads } from './knowledge.uploads.js';
import { SourceRefresher } from './source.refresher.js';
import { StaleSources } from './stale.sources.js';
import { UploadInterceptor } from './upload.interceptor.js';

/** The knowledge service. */
@Module({
  imports: [CorpusModule, JobsModule, ScheduleModule.forRoot()],
  controllers: [KnowledgeController],
  providers: [
    KnowledgeGateway,
    KnowledgeItems,
    KnowledgeUploads,
    SourceRefresher,
    StaleSources,
    UploadInterceptor,
    { provide: KnowledgeSettings, useFactory: () => new KnowledgeSettings() },
  ],
})
export class KnowledgeModule {}
