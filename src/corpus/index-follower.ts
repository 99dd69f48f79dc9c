import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Chunks } from './chunks.js';
import { DomainEvents } from './domain-events.js';
import { Editions } from './editions.js';
import { Pages } from './pages.js';
import { Sources } from './sources.js';
import { TextIndex } from './text-index.js';

/** The pause between two syncs, because a crawl in another process writes hundreds of pages in a row. */
const PAUSE_MS = 100;
/** The number of pages read at once. */
const PAGES_AT_ONCE = 16;

/**
 * Keeps this process's index equal to the stored pages.
 *
 * It compares editions at the start and after each notification, so lost notifications do no harm.
 */
@Injectable()
export class IndexFollower implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('corpus');
  /** Each source's edition at the last sync; empty when only this process has written it so far. */
  private readonly seen = new Map<string, string>();
  /** Sources that this process has written since their last sync. */
  private readonly written = new Set<string>();
  private release: () => void = () => undefined;
  private syncing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private isBusy = true;
  private isPending = false;
  private isClosed = false;

  constructor(
    private readonly sources: Sources,
    private readonly pages: Pages,
    private readonly chunks: Chunks,
    private readonly editions: Editions,
    private readonly index: TextIndex,
    private readonly events: DomainEvents,
  ) {}

  /** Builds the index from the stored pages, and keeps it up to date. */
  async onModuleInit(): Promise<void> {
    this.release = await this.editions.watch(() => this.changed());
    const editions = await this.editions.list();
    for (const { source_id } of await this.sources.list()) {
      await this.syncSource(source_id);
      const edition = editions.get(source_id);
      if (edition !== undefined) this.seen.set(source_id, edition);
    }
    this.isBusy = false;
    if (this.isPending) this.changed();
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosed = true;
    this.release();
    clearTimeout(this.timer);
    await this.syncing;
  }

  /** Notes a write of this process; call it after storing and before indexing. */
  noteWrite(source_id: string): void {
    this.written.add(source_id);
    if (!this.seen.has(source_id)) this.seen.set(source_id, '');
  }

  /** Notes that this process has deleted a source. */
  noteDeletion(source_id: string): void {
    this.written.add(source_id);
    this.seen.delete(source_id);
  }

  private changed(): void {
    this.isPending = true;
    if (!this.isBusy && !this.isClosed) this.syncing = this.syncOnce();
  }

  private async syncOnce(): Promise<void> {
    this.isBusy = true;
    this.isPending = false;
    // The next sync reads what this one could not; the store's return triggers one.
    await this.sync().catch((error: unknown) => this.logger.warn(`unable to follow the corpus; ${String(error)}`));
    if (this.isClosed) return;
    this.timer = setTimeout(() => {
      this.isBusy = false;
      if (this.isPending) this.changed();
    }, PAUSE_MS).unref();
  }

  private async sync(): Promise<void> {
    const editions = await this.editions.list();
    // Without an await in between, because later writes of this process are not in the list.
    for (const source_id of [...this.seen.keys()].filter((id) => !editions.has(id))) {
      this.seen.delete(source_id);
      this.written.delete(source_id);
      this.index.removeSource(source_id);
      this.events.relay('source_deleted', { source_id });
    }
    for (const [source_id, edition] of editions) {
      if (this.isClosed) return;
      if (this.seen.get(source_id) === edition) continue;
      const isNew = !this.seen.has(source_id);
      this.written.delete(source_id);
      const isChanged = await this.syncSource(source_id);
      // If this process has written the source meanwhile, the next sync compares it again.
      if (!this.written.has(source_id)) this.seen.set(source_id, edition);
      const source = isChanged && (await this.sources.get(source_id));
      if (source) this.events.relay(isNew ? 'source_added' : 'source_updated', source);
    }
  }

  /** Indexes a source's stored pages and tells whether the index changed. */
  private async syncSource(source_id: string): Promise<boolean> {
    const known = await this.sources.get(source_id);
    const pages = known ? await this.pages.list(source_id) : [];
    const stale = pages.filter(({ url, edition }) => this.index.editionOf(source_id, url) !== edition);
    for (let at = 0; at < stale.length; at += PAGES_AT_ONCE) {
      const some = stale.slice(at, at + PAGES_AT_ONCE);
      const chunks = await Promise.all(some.map(({ url }) => this.chunks.ofPage(source_id, url)));
      for (const [which, { url, edition }] of some.entries()) {
        if (this.written.has(source_id)) return true;
        await this.index.putPage(source_id, url, chunks[which]!, edition);
      }
    }
    if (this.written.has(source_id)) return stale.length > 0;
    const stored = new Set(pages.map(({ url }) => url));
    const gone = this.index.urlsOf(source_id).filter((url) => !stored.has(url));
    for (const url of gone) this.index.removePage(source_id, url);
    return stale.length + gone.length > 0;
  }
}
