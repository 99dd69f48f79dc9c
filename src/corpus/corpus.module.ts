import { Module } from '@nestjs/common';
import { Chunks } from './chunks.js';
import { Corpus } from './corpus.js';
import { CrawlRuns } from './crawl-runs.js';
import { DomainEvents } from './domain-events.js';
import { Pages } from './pages.js';
import { Sources } from './sources.js';
import { TextIndex } from './text-index.js';

const PARTS = [Corpus, Sources, Pages, Chunks, TextIndex, CrawlRuns, DomainEvents];

/** What the services share; needs the module that provides `STORE`. */
@Module({ providers: PARTS, exports: PARTS })
export class CorpusModule {}
