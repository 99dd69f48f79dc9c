import { randomUUID } from 'node:crypto';
import { MemoryStore, RunLeases, type DocumentWrite, type ServiceRuntime, type Store } from '@switchyard/server';
import { crawl, isCrawlOver, type CrawlProgress } from '@switchyard/services';
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
  type CrawlOrder,
  type StoredCrawl,
} from '../../src/corpus/index.js';
import { EmbeddedJobQueue } from '../../src/jobs/embedded.queue.js';
import { CrawlGateway } from '../../src/services/crawl/crawl.gateway.js';
import { CrawlWorker } from '../../src/services/crawl/crawl.worker.js';
import { CrawlSettings } from '../../src/services/crawl/crawl.settings.js';

/** A corpus over a store, and what keeps its index in step; the index is not yet built. */
export function openCorpus(store: Store, events = new DomainEvents()): { corpus: Corpus; follower: IndexFollower } {
  const [sources, pages, chunks] = [new Sources(store), new Pages(store), new Chunks(store)];
  const [index, editions] = [new TextIndex(), new Editions(store)];
  const follower = new IndexFollower(sources, pages, chunks, editions, index, events);
  return { corpus: new Corpus(store, sources, pages, chunks, index, editions, follower, events), follower };
}

/** The crawl service with its protected parts open to tests. */
class OpenGateway extends CrawlGateway {
  override endOrphan(stored: StoredCrawl): Promise<void> {
    return super.endOrphan(stored);
  }
}

/** The crawl service without Nest and rooms around it: a progress is published once it is stored. */
export class Crawler {
  readonly events = new DomainEvents();
  readonly requests = new CrawlRequests();
  readonly corpus: Corpus;
  readonly crawls: CrawlStore;
  readonly gateway: OpenGateway;
  private readonly documents = new DocumentReaders(new ReadingSettings());
  /** Every snapshot of every run, in order. */
  readonly seen: CrawlProgress[] = [];
  private readonly stored = new ReplaySubject<CrawlProgress>();

  constructor(
    settings: Partial<CrawlSettings> = {},
    readonly store: Store = new MemoryStore(),
  ) {
    const { events, requests } = this;
    const patient = new CrawlSettings({ allowPrivate: true, retryDelayMs: 10, ...settings });
    const leases = new RunLeases(store, {});
    this.corpus = openCorpus(store, events).corpus;
    this.crawls = new CrawlStore(store);
    const worker = new CrawlWorker(patient, this.corpus, events, leases, this.documents);
    const queue = new EmbeddedJobQueue(store);
    this.gateway = new OpenGateway(leases, patient, this.crawls, queue, worker, requests, events);
    const publish = this.publish.bind(this);
    this.gateway.attach({ contract: crawl, publish, commit: publish } as unknown as ServiceRuntime);
    this.gateway.onModuleInit();
  }

  /** Ends its runs and what read for it. */
  async close(): Promise<void> {
    await this.gateway.onModuleDestroy();
    await this.documents.beforeApplicationShutdown();
  }

  /** Begins with what is there to be done. */
  begin(): Promise<void> {
    return this.gateway.onApplicationBootstrap();
  }

  /** Starts a crawl, and returns where it is. */
  async start(order: CrawlOrder, progress_id: string = randomUUID()): Promise<CrawlProgress> {
    await this.requests.make(order, progress_id);
    return (await this.progress(progress_id))!;
  }

  /** Stops a crawl. */
  stop(progress_id: string): Promise<object> {
    return this.gateway.stop({ progress_id });
  }

  /** Where a crawl is; undefined when there is none of this id. */
  async progress(progress_id: string): Promise<CrawlProgress | undefined> {
    return this.gateway.snapshot(progress_id);
  }

  /** The ids of the crawls that are stored as going on. */
  async unfinished(): Promise<string[]> {
    return (await this.crawls.unfinished()).map(({ progress }) => progress.progress_id);
  }

  /** Ends a crawl as one whose process died, and returns its end; undefined when it is not to be ended. */
  async endOrphan(progress_id: string): Promise<CrawlProgress | undefined> {
    const stored = await this.crawls.findUnfinished(progress_id);
    if (!stored) return undefined;
    await this.gateway.endOrphan(stored);
    const now = await this.progress(progress_id);
    return now && isCrawlOver(now.status) ? now : undefined;
  }

  /** The first snapshot, past or future, that fits. */
  when(fits: (progress: CrawlProgress) => boolean): Promise<CrawlProgress> {
    return firstValueFrom(this.stored.pipe(filter(fits)));
  }

  /** How a run ended. */
  ended(progress_id: string): Promise<CrawlProgress> {
    return this.when((progress) => progress.progress_id === progress_id && isCrawlOver(progress.status));
  }

  /** Crawls to the end. */
  async crawl(request: StartCrawl): Promise<CrawlProgress> {
    const { progress_id } = await this.start({ request });
    return this.ended(progress_id);
  }

  private async publish(
    _key: string,
    _event: string,
    progress: CrawlProgress,
    writes: readonly DocumentWrite[],
  ): Promise<void> {
    this.seen.push(progress);
    await this.store.documents.write(writes);
    this.stored.next(progress);
  }
}
