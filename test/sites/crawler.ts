import { MemoryStore, type Store } from '@switchyard/server';
import { isCrawlOver, type CrawlProgress } from '@switchyard/services';
import type { StartCrawl } from '@switchyard/services/crawl/crawl.dto';
import { filter, firstValueFrom, ReplaySubject } from 'rxjs';
import {
  Chunks,
  Corpus,
  CrawlRuns,
  DomainEvents,
  Editions,
  IndexFollower,
  Pages,
  Sources,
  TextIndex,
} from '../../src/corpus/index.js';
import { CrawlJobs } from '../../src/services/crawl/crawl.jobs.js';
import { CrawlSettings } from '../../src/services/crawl/crawl.settings.js';

/** A corpus over a store, and what keeps its index in step; the index is not yet built. */
export function openCorpus(store: Store, events = new DomainEvents()): { corpus: Corpus; follower: IndexFollower } {
  const [sources, pages, chunks] = [new Sources(store), new Pages(store), new Chunks(store)];
  const [index, editions] = [new TextIndex(), new Editions(store)];
  const follower = new IndexFollower(sources, pages, chunks, editions, index, events);
  return { corpus: new Corpus(store, sources, pages, chunks, index, editions, follower, events), follower };
}

/** A crawler as the application has it, without Nest around it. */
export class Crawler {
  readonly events = new DomainEvents();
  readonly corpus: Corpus;
  readonly runs: CrawlRuns;
  readonly jobs: CrawlJobs;
  /** Every snapshot of every run, in order. */
  readonly seen: CrawlProgress[] = [];
  private readonly replay = new ReplaySubject<CrawlProgress>();

  constructor(
    settings: Partial<CrawlSettings> = {},
    readonly store: Store = new MemoryStore(),
  ) {
    this.corpus = openCorpus(store, this.events).corpus;
    this.runs = new CrawlRuns(store);
    const patient = new CrawlSettings({ allowPrivate: true, retryDelayMs: 10, ...settings });
    this.jobs = new CrawlJobs(patient, this.corpus, this.runs, this.events);
    this.jobs.updates.subscribe((progress) => this.seen.push(progress));
    this.jobs.updates.subscribe(this.replay);
  }

  /** The first snapshot, past or future, that fits. */
  when(fits: (progress: CrawlProgress) => boolean): Promise<CrawlProgress> {
    return firstValueFrom(this.replay.pipe(filter(fits)));
  }

  /** How a run ended. */
  ended(progress_id: string): Promise<CrawlProgress> {
    return this.when((progress) => progress.progress_id === progress_id && isCrawlOver(progress.status));
  }

  /** Crawls to the end. */
  crawl(request: StartCrawl, owner?: string): Promise<CrawlProgress> {
    return this.ended(this.jobs.start(request, owner).progress_id);
  }
}
