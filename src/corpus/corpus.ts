import { Inject, Injectable } from '@nestjs/common';
import { changeDocuments, STORE, type DocumentWrite, type Store } from '@switchyard/server';
import { Chunks } from './chunks.js';
import { DomainEvents } from './domain-events.js';
import { Editions, newEdition } from './editions.js';
import { IndexFollower } from './index-follower.js';
import { pageId, Pages, type Page } from './pages.js';
import type { ChunkDraft, CodeDraft } from './reading/document.pieces.js';
import { newSource, Sources, type NewSource, type Source } from './sources.js';
import { TextIndex } from './text-index.js';

/** A page for the corpus, with its searchable chunks. */
export interface PageDraft {
  source_id: string;
  url: string;
  title: string;
  text_length: number;
  chunks: readonly ChunkDraft[];
}

/** Changes sources, pages, chunks and the index together, which keeps them consistent. */
@Injectable()
export class Corpus {
  constructor(
    @Inject(STORE) private readonly store: Store,
    readonly sources: Sources,
    readonly pages: Pages,
    readonly chunks: Chunks,
    readonly index: TextIndex,
    private readonly editions: Editions,
    private readonly follower: IndexFollower,
    private readonly events: DomainEvents,
  ) {}

  /** Adds a source, or updates the given fields of an existing one. */
  async openSource(given: NewSource): Promise<Source> {
    const { source, isNew } = await changeDocuments(async () => {
      const now = new Date().toISOString();
      const known = await this.sources.get(given.source_id);
      const source = known ? { ...known, ...given, updated_at: now } : newSource(given, now);
      await this.write(source.source_id, newEdition(), [this.sources.put(known, source)]);
      return { source, isNew: !known };
    });
    this.events.emit(isNew ? 'source_added' : 'source_updated', source);
    return source;
  }

  /** Recounts a source's pages and applies `changes`; undefined when the source was deleted meanwhile. */
  async settleSource(source_id: string, changes: Partial<Source> = {}): Promise<Source | undefined> {
    const source = await changeDocuments(async () => {
      const pages = await this.pages.list(source_id);
      const known = await this.sources.get(source_id);
      if (!known) return undefined;
      const settled: Source = { ...known, ...countsOf(pages), updated_at: new Date().toISOString(), ...changes };
      await this.store.documents.write([this.sources.put(known, settled)]);
      return settled;
    });
    if (source) this.events.emit('source_updated', source);
    return source;
  }

  /** Deletes a source with its pages, chunks and code; false when it did not exist. */
  async deleteSource(source_id: string): Promise<boolean> {
    const known = await changeDocuments(async () => {
      const known = await this.sources.get(source_id);
      const pages = await this.pages.list(source_id);
      const writes = [this.sources.delete(source_id, known), this.editions.delete(source_id)];
      await this.store.documents.write([...writes, ...pages.flatMap((page) => this.deletionsOf(page))]);
      return known;
    });
    if (known) this.follower.noteDeletion(source_id);
    else this.follower.noteWrite(source_id);
    this.index.removeSource(source_id);
    if (known)
      this.events.emit('source_deleted', { source_id, ...(known.owner !== undefined && { owner: known.owner }) });
    return known !== undefined;
  }

  /** Adds or replaces a page with its chunks, in one write; its code stays until `putCode`. */
  async putPage({ source_id, url, title, text_length, chunks: drafts }: PageDraft): Promise<Page> {
    const page_id = pageId(source_id, url);
    const { owner } = (await this.sources.get(source_id)) ?? {};
    const chunks = drafts.map((draft, position) => ({
      id: `${page_id}.${position}`,
      source_id,
      ...(owner !== undefined && { owner }),
      url,
      title,
      ...draft,
      position,
    }));
    const edition = newEdition();
    const before = await this.pages.get(source_id, url);
    const page: Page = {
      page_id,
      source_id,
      edition,
      url,
      title,
      text_length,
      word_count: chunks.reduce((sum, chunk) => sum + chunk.word_count, 0),
      chunks_count: chunks.length,
      code_examples_count: before?.code_examples_count ?? 0,
      fetched_at: new Date().toISOString(),
    };
    await this.write(source_id, edition, [this.pages.put(page), this.chunks.put(source_id, page_id, chunks)]);
    await this.index.putPage(source_id, url, chunks, edition);
    return page;
  }

  /** Replaces the code examples of a stored page. */
  async putCode(page: Page, drafts: readonly CodeDraft[]): Promise<void> {
    const { page_id, source_id, url, title } = page;
    const examples = drafts.map((draft, position) => ({
      id: `${page_id}.code.${position}`,
      source_id,
      url,
      title,
      ...draft,
      position,
    }));
    await this.store.documents.write([
      this.pages.put({ ...page, code_examples_count: examples.length }),
      this.chunks.putCode(source_id, page_id, examples),
    ]);
  }

  /** Deletes pages with their chunks and code. */
  async removePages(pages: readonly Page[]): Promise<void> {
    for (const source_id of new Set(pages.map((page) => page.source_id))) {
      const gone = pages.filter((page) => page.source_id === source_id);
      const writes = gone.flatMap((page) => this.deletionsOf(page));
      await this.write(source_id, newEdition(), writes);
      for (const { url } of gone) this.index.removePage(source_id, url);
    }
  }

  /** Applies writes that change a source's pages, together with its new edition. */
  private async write(source_id: string, edition: string, writes: readonly DocumentWrite[]): Promise<void> {
    await this.store.documents.write([...writes, this.editions.put(source_id, edition)]);
    this.follower.noteWrite(source_id);
  }

  private deletionsOf({ source_id, page_id }: Page): DocumentWrite[] {
    return [this.pages.delete(source_id, page_id), ...this.chunks.delete(source_id, page_id)];
  }
}

function countsOf(pages: readonly Page[]) {
  const total = (count: (page: Page) => number) => pages.reduce((sum, page) => sum + count(page), 0);
  return {
    status: pages.length > 0 ? ('active' as const) : ('error' as const),
    pages_count: pages.length,
    chunks_count: total((page) => page.chunks_count),
    word_count: total((page) => page.word_count),
    code_examples_count: total((page) => page.code_examples_count),
  };
}
