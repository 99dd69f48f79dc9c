import { MemoryStore, RunLeases, type Store } from '@switchyard/server';
import { isCrawlOver, type CrawlProgress } from '@switchyard/services';
import type { StartCrawl } from '@switchyard/services/crawl/crawl.dto';
import { filter, firstValueFrom, ReplaySubject } from 'rxjs';
import {
  Chunks,
  Corpus,
  CrawlRequests,
  CrawlStore,
  DocumentReaders,
  DomainEvents,
  Editions,
  IndexFollower,
  Pages,
  ReadingSettings,
  Sources,
  TextIndex,
} from '../../src/corpus/index.js';
import { EmbeddedJobQueue } from '../../src/jobs/embedded.queue.js';
import { CrawlJobs } from '../../src/services/crawl/crawl.jobs.js';
import { CrawlWorker } from '../../src/services/crawl/crawl.worker.js';
import { CrawlSettings } from '../../src/services/crawl/crawl.settings.js';
import { CrawlStates } from '../../src/services/crawl/crawl.states.js';
import { SourceLocks } from '../../src/services/crawl/source.locks.js';

/** Creates a corpus over a store, with its index follower; the index is not built yet. */
export function openCorpus(store: Store, events = new DomainEvents()): { corpus: Corpus; follower: IndexFollower } {
  const [sources, pages, chunks] = [new Sources(store), new Pages(store), new Chunks(store)];
  const [index, editions] = [new TextIndex(), new Editions(store)];
  const follower = new IndexFollower(sources, pages, chunks, editions, index, events);
  return { corpus: new Corpus(store, sources, pages, chunks, index, editions, follower, events), follower };
}

/** Runs crawls as the application does, without Nest. */
export class Crawler {
  readonly events = new DomainEvents();
  readonly requests = new CrawlRequests();
  readonly corpus: Corpus;
  readonly runs: CrawlStore;
  readonly states: CrawlStates;
  readonly jobs: CrawlJobs;
  private readonly documents = new DocumentReaders(new ReadingSettings());
  /** All snapshots of all runs, in order. */
  readonly seen: CrawlProgress[] = [];
  private readonly stored = new ReplaySubject<CrawlProgress>();

  constructor(
    settings: Partial<CrawlSettings> = {},
    readonly store: Store = new MemoryStore(),
  ) {
    const { events, requests, stored } = this;
    const patient = new CrawlSettings({ allowPrivate: true, retryDelayMs: 10, ...settings });
    const leases = new RunLeases(store, {});
    this.corpus = openCorpus(store, events).corpus;
    this.runs = new CrawlStore(store);
    this.states = new CrawlStates(this.runs, leases);
    const runner = new CrawlWorker(
      patient,
      this.corpus,
      this.runs,
      events,
      this.states,
      new SourceLocks(leases),
      leases,
      this.documents,
    );
    const queue = new EmbeddedJobQueue(store);
    this.jobs = new CrawlJobs(patient, this.runs, events, requests, queue, this.states, runner);
    this.states.publishWith(async (record) => {
      this.seen.push(record.progress);
      await store.documents.write([this.runs.documentWrite(record)]);
      stored.next(record.progress);
    });
    this.jobs.onModuleInit();
  }

  /** Ends its runs and readers. */
  async close(): Promise<void> {
    await this.jobs.onModuleDestroy();
    await this.documents.beforeApplicationShutdown();
  }

  /** Starts the stored crawls. */
  begin(): Promise<void> {
    return this.jobs.begin();
  }

  /** Resolves to the first past or future snapshot that matches. */
  when(fits: (progress: CrawlProgress) => boolean): Promise<CrawlProgress> {
    return firstValueFrom(this.stored.pipe(filter(fits)));
  }

  /** Resolves to the last snapshot of a run. */
  ended(progress_id: string): Promise<CrawlProgress> {
    return this.when((progress) => progress.progress_id === progress_id && isCrawlOver(progress.status));
  }

  /** Crawls to the end. */
  async crawl(request: StartCrawl): Promise<CrawlProgress> {
    const { progress_id } = await this.jobs.start({ request });
    return this.ended(progress_id);
  }
}
