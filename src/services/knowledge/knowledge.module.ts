import { Module } from '@nestjs/common';
import { CorpusModule } from '../../corpus/index.js';
import { KnowledgeController } from './knowledge.controller.js';
import { KnowledgeGateway } from './knowledge.gateway.js';
import { KnowledgeItems } from './knowledge.items.js';
import { KnowledgeSettings } from './knowledge.settings.js';
import { KnowledgeUploads } from './knowledge.uploads.js';
import { SourceRefresher } from './source.refresher.js';
import { UploadInterceptor } from './upload.interceptor.js';

/** The knowledge service. */
@Module({
  imports: [CorpusModule],
  controllers: [KnowledgeController],
  providers: [
    KnowledgeGateway,
    KnowledgeItems,
    KnowledgeUploads,
    SourceRefresher,
    UploadInterceptor,
    { provide: KnowledgeSettings, useFactory: () => new KnowledgeSettings() },
  ],
})
export class KnowledgeModule {}
