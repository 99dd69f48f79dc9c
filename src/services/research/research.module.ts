import { Module } from '@nestjs/common';
import { AnswersModule } from '../../answers/index.js';
import { Environment } from '../../config/environment.js';
import { CorpusModule } from '../../corpus/index.js';
import { IndexEngine } from './index.engine.js';
import { ResearchController } from './research.controller.js';
import { ResearchEngines } from './research.engines.js';
import { ResearchGateway } from './research.gateway.js';
import { ResearchSettings } from './research.settings.js';
import { ResearchStore } from './research.store.js';
import { ResearchWorker } from './research.worker.js';
import { SitesEngine } from './sites.engine.js';
import { WebEngine } from './web.engine.js';

/** The research service; to add an engine, add it to the list of `ResearchEngines`. */
@Module({
  imports: [CorpusModule, AnswersModule],
  controllers: [ResearchController],
  providers: [
    ResearchGateway,
    ResearchStore,
    ResearchWorker,
    IndexEngine,
    SitesEngine,
    { provide: ResearchSettings, useFactory: () => new ResearchSettings() },
    {
      provide: ResearchEngines,
      inject: [IndexEngine, SitesEngine, Environment, ResearchSettings],
      useFactory: (
        index: IndexEngine,
        sites: SitesEngine,
        { WEB_SEARCH_URL }: Environment,
        settings: ResearchSettings,
      ) => new ResearchEngines([index, sites, ...(WEB_SEARCH_URL ? [new WebEngine(WEB_SEARCH_URL, settings)] : [])]),
    },
  ],
})
export class ResearchModule {}
