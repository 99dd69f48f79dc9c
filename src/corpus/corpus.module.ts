import { Module } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { Chunks } from './chunks.js';
import { Corpus } from './corpus.js';
import { CrawlRequests } from './crawl-requests.js';
import { CrawlStore } from './crawl.store.js';
import { DomainEvents } from './domain-events.js';
import { Editions } from './editions.js';
import { IndexFollower } from './index-follower.js';
import { Pages } from './pages.js';
import { DocumentReaders } from './reading/process/document.readers.js';
import { ReadingSettings } from './reading/process/reading.settings.js';
import { Sources } from './sources.js';
import { TextIndex } from './text-index.js';
import { PageReader } from './web/page.reader.js';
import { webReach } from './web/web.reach.js';

const INDEX = [Corpus, Sources, Pages, Chunks, Editions, TextIndex, IndexFollower];
const PARTS = [...INDEX, CrawlRequests, CrawlStore, DomainEvents];

/** The limits for pages that a user is waiting for; they are tighter than a crawl's. */
const INTERACTIVE = {
  concurrency: 4,
  maxPageBytes: 2 * 2 ** 20,
  requestTimeoutMs: 10_000,
  userAgent: 'Switchyard',
  retryDelayMs: 1000,
};

/** Provides the corpus to the services; needs `STORE`. */
@Module({
  providers: [
    ...PARTS,
    DocumentReaders,
    {
      provide: ReadingSettings,
      inject: [Environment],
      useFactory: ({ DOCUMENT_TIMEOUT_MS: timeoutMs, DOCUMENT_MEMORY_MB: memoryMb }: Environment) =>
        new ReadingSettings({ timeoutMs, memoryMb }),
    },
    {
      provide: PageReader,
      inject: [Environment, DocumentReaders],
      useFactory: (environment: Environment, documents: DocumentReaders) =>
        new PageReader({ ...INTERACTIVE, ...webReach(environment) }, documents),
    },
  ],
  exports: [...PARTS, PageReader, DocumentReaders],
})
export class CorpusModule {}
