import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { CorpusModule } from '../../corpus/index.js';
import { KnowledgeController } from './knowledge.controller.js';
import { KnowledgeGateway } from './knowledge.gateway.js';
import { KnowledgeStore } from './knowledge.store.js';
import { KnowledgeSettings } from './knowledge.settings.js';
import { UploadWorker } from './upload.worker.js';
import { SourceRefresher } from './source.refresher.js';
import { StaleSources } from './stale.sources.js';
import { UploadInterceptor } from './upload.interceptor.js';

/** The knowledge service. */
@Module({
  imports: [CorpusModule, ScheduleModule.forRoot()],
  controllers: [KnowledgeController],
  providers: [
    KnowledgeGateway,
    KnowledgeStore,
    UploadWorker,
    SourceRefresher,
    StaleSources,
    UploadInterceptor,
    { provide: KnowledgeSettings, useFactory: () => new KnowledgeSettings() },
  ],
})
export class KnowledgeModule {}
