import { Module } from '@nestjs/common';
import { AnswersModule } from '../../answers/index.js';
import { CorpusModule } from '../../corpus/index.js';
import { QueryAnswerer } from './query.answerer.js';
import { QueryCache } from './query.cache.js';
import { QueryController } from './query.controller.js';
import { QueryGateway } from './query.gateway.js';
import { QueryRooms } from './query.rooms.js';
import { QueryRuns } from './query.runs.js';
import { QuerySettings } from './query.settings.js';

/** The query service. */
@Module({
  imports: [CorpusModule, AnswersModule],
  controllers: [QueryController],
  providers: [
    QueryGateway,
    QueryRooms,
    QueryRuns,
    QueryAnswerer,
    QueryCache,
    { provide: QuerySettings, useFactory: () => new QuerySettings() },
  ],
})
export class QueryModule {}
