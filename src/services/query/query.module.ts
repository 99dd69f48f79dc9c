import { Module } from '@nestjs/common';
import { AnswersModule } from '../../answers/index.js';
import { CorpusModule } from '../../corpus/index.js';
import { QueryAnswerer } from './query.answerer.js';
import { QueryCache } from './query.cache.js';
import { QueryController } from './query.controller.js';
import { QueryGateway } from './query.gateway.js';
import { QueryStore } from './query.store.js';
import { QueryWorker } from './query.worker.js';
import { QuerySettings } from './query.settings.js';

/** The query service. */
@Module({
  imports: [CorpusModule, AnswersModule],
  controllers: [QueryController],
  providers: [
    QueryGateway,
    QueryStore,
    QueryWorker,
    QueryAnswerer,
    QueryCache,
    { provide: QuerySettings, useFactory: () => new QuerySettings() },
  ],
})
export class QueryModule {}
