import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Chunks } from './chunks.js';
import { DomainEvents } from './domain-events.js';
import { Editions } from './editions.js';
import { Pages } from './pages.js';
import { Sources } from './sources.js';
import { TextIndex } from './text-index.js';

/** How long after a look the next one may begin: another process's crawl writes hundreds of pages in a row. */
const PAUSE_MS = 100;
/** How many pages are asked for at once. */
const PAGES_AT_ONCE = 16;

/**
 * Brings the index of this process to what is stored, at the start and whenever another process has changed that; what
 * differs is found by comparing, so it does not matter whether every change was heard of.
 */
@Injectable()
export class IndexFollower implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('corpus');
  /** The edition of each source when it was last looked at; empty when only this process has written it so far. */
  private readonly seen = new Map<string, string>();
  /** Sources this process has written since they were last looked at. */
  private readonly touched = new Set<string>();
  private release: () => void = () => undefined;
  private looking: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private isBusy = true;
  private isDue = false;
  private isClosed = false;

  constructor(
    private readonly sources: Sources,
    private readonly pages: Pages,
    private readonly chunks: Chunks,
    private readonly editions: Editions,
    private readonly index: TextIndex,
    private readonly events: DomainEvents,
  ) {}

  /** Builds the index from what is stored, and follows that from now on. */
  async onModuleInit(): Promise<void> {
    this.release = await this.editions.watch(() => this.changed());
    const editions = await this.editions.list();
    for (const { source_id } of await this.sources.list()) {
      await this.follow(source_id);
      const edition = editions.get(source_id);
      if (edition !== undefined) this.seen.set(source_id, edition);
    }
    this.isBusy = false;
    if (this.isDue) this.changed();
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosed = true;
    this.release();
    clearTimeout(this.timer);
    await this.looking;
  }

  /** Is told of each write of this process, once it is stored and before it is in the index. */
  touch(source_id: string): void {
    this.touched.add(source_id);
    if (!this.seen.has(source_id)) this.seen.set(source_id, '');
  }

  /** Is told of a source that this process has deleted. */
  forget(source_id: string): void {
    this.touched.add(source_id);
    this.seen.delete(source_id);
  }

  private changed(): void {
    this.isDue = true;
    if (!this.isBusy && !this.isClosed) this.looking = this.lookOnce();
  }

  private async lookOnce(): Promise<void> {
    this.isBusy = true;
    this.isDue = false;
    // What could not be read is read with the next look, of which there is one when the store is back.
    await this.look().catch((error: unknown) => this.logger.warn(`unable to follow the corpus; ${String(error)}`));
    if (this.isClosed) return;
    this.timer = setTimeout(() => {
      this.isBusy = false;
      if (this.isDue) this.changed();
    }, PAUSE_MS).unref();
  }

  private async look(): Promise<void> {
    const editions = await this.editions.list();
    // Before anything is waited for: what this process writes from now on is not in the list.
    for (const source_id of [...this.seen.keys()].filter((id) => !editions.has(id))) {
      this.seen.delete(source_id);
      this.touched.delete(source_id);
      this.index.removeSource(source_id);
      this.events.relay('source_deleted', { source_id });
    }
    for (const [source_id, edition] of editions) {
      if (this.isClosed) return;
      if (this.seen.get(source_id) === edition) continue;
      const isNew = !this.seen.has(source_id);
      this.touched.delete(source_id);
      const isChanged = await this.follow(source_id);
      // Then this process has written it meanwhile, and the next look compares it again.
      if (!this.touched.has(source_id)) this.seen.set(source_id, edition);
      const source = isChanged && (await this.sources.get(source_id));
      if (source) this.events.relay(isNew ? 'source_added' : 'source_updated', source);
    }
  }

  /** Makes the index hold of a source what is stored, page by page, and answers whether it was anything else. */
  private async follow(source_id: string): Promise<boolean> {
    const known = await this.sources.get(source_id);
    const pages = known ? await this.pages.list(source_id) : [];
    const stale = pages.filter(({ url, edition }) => this.index.editionOf(source_id, url) !== edition);
    for (let at = 0; at < stale.length; at += PAGES_AT_ONCE) {
      const some = stale.slice(at, at + PAGES_AT_ONCE);
      const chunks = await Promise.all(some.map(({ url }) => this.chunks.ofPage(source_id, url)));
      for (const [which, { url, edition }] of some.entries()) {
        if (this.touched.has(source_id)) return true;
        await this.index.putPage(source_id, url, chunks[which]!, edition);
      }
    }
    if (this.touched.has(source_id)) return stale.length > 0;
    const stored = new Set(pages.map(({ url }) => url));
    const gone = this.index.urlsOf(source_id).filter((url) => !stored.has(url));
    for (const url of gone) this.index.removePage(source_id, url);
    return stale.length + gone.length > 0;
  }
}
