import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import { Chunks, type Chunk, type CodeExample } from './chunks.js';
import { DomainEvents } from './domain-events.js';
import { pageId, Pages, type Page } from './pages.js';
import { newSource, Sources, type NewSource, type Source } from './sources.js';
import { TextIndex } from './text-index.js';

/** A chunk before it has a place in the corpus. */
export type ChunkDraft = Pick<Chunk, 'heading' | 'text' | 'word_count'>;
/** A code example before it has a place in the corpus. */
export type CodeDraft = Pick<CodeExample, 'heading' | 'language' | 'code'>;

/** A page to put into the corpus, with everything that is to be found of it. */
export interface PageDraft {
  source_id: string;
  url: string;
  title: string;
  text_length: number;
  chunks: readonly ChunkDraft[];
}

/** The one place where sources, pages, chunks and the index are changed, so that they always fit each other. */
@Injectable()
export class Corpus implements OnModuleInit {
  constructor(
    @Inject(STORE) private readonly store: Store,
    readonly sources: Sources,
    readonly pages: Pages,
    readonly chunks: Chunks,
    readonly index: TextIndex,
    private readonly events: DomainEvents,
  ) {}

  /** Rebuilds the index from what is stored. */
  async onModuleInit(): Promise<void> {
    for (const { source_id } of await this.sources.list()) await this.index.add(await this.chunks.ofSource(source_id));
  }

  /** Adds a source, or tells what is new about one that is there already; what is not given stays. */
  async openSource(given: NewSource): Promise<Source> {
    const now = new Date().toISOString();
    const known = await this.sources.get(given.source_id);
    const source = known ? { ...known, ...given, updated_at: now } : newSource(given, now);
    await this.store.documents.write([this.sources.put(source)]);
    this.events.emit(known ? 'source_updated' : 'source_added', source);
    return source;
  }

  /** Counts a source's pages again and keeps `changes`; undefined when the source was deleted meanwhile. */
  async settleSource(source_id: string, changes: Partial<Source> = {}): Promise<Source | undefined> {
    const pages = await this.pages.list(source_id);
    const known = await this.sources.get(source_id);
    if (!known) return undefined;
    const total = (count: (page: Page) => number) => pages.reduce((sum, page) => sum + count(page), 0);
    const source: Source = {
      ...known,
      status: pages.length > 0 ? 'active' : 'error',
      pages_count: pages.length,
      chunks_count: total((page) => page.chunks_count),
      word_count: total((page) => page.word_count),
      code_examples_count: total((page) => page.code_examples_count),
      updated_at: new Date().toISOString(),
      ...changes,
    };
    await this.store.documents.write([this.sources.put(source)]);
    this.events.emit('source_updated', source);
    return source;
  }

  /** Deletes a source with its pages, chunks and code; false when there was none. */
  async deleteSource(source_id: string): Promise<boolean> {
    const known = await this.sources.get(source_id);
    const pages = await this.pages.list(source_id);
    const writes = [this.sources.delete(source_id), ...pages.flatMap((page) => this.forgetting(page))];
    await this.store.documents.write(writes);
    this.index.removeSource(source_id);
    if (known) this.events.emit('source_deleted', { source_id });
    return known !== undefined;
  }

  /** Puts a page in; chunks it had before are replaced, in the store in one write. */
  async putPage({ source_id, url, title, text_length, chunks: drafts }: PageDraft): Promise<Page> {
    const page_id = pageId(source_id, url);
    const chunks = drafts.map((draft, position) => ({
      id: `${page_id}.${position}`,
      source_id,
      url,
      title,
      ...draft,
      position,
    }));
    const page: Page = {
      page_id,
      source_id,
      url,
      title,
      text_length,
      word_count: chunks.reduce((sum, chunk) => sum + chunk.word_count, 0),
      chunks_count: chunks.length,
      code_examples_count: 0,
      fetched_at: new Date().toISOString(),
    };
    const writes = [this.pages.put(page), this.chunks.put(source_id, page_id, chunks)];
    await this.store.documents.write([...writes, this.chunks.putCode(source_id, page_id, [])]);
    await this.index.replacePage(source_id, url, chunks);
    return page;
  }

  /** Keeps these as the code examples of a page that was put in before. */
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

  /** Removes pages that are gone. */
  async removePages(pages: readonly Page[]): Promise<void> {
    await this.store.documents.write(pages.flatMap((page) => this.forgetting(page)));
    for (const { source_id, url } of pages) this.index.removePage(source_id, url);
  }

  private forgetting({ source_id, page_id }: Page): DocumentWrite[] {
    return [this.pages.delete(source_id, page_id), ...this.chunks.delete(source_id, page_id)];
  }
}
