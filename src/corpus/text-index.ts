import { Injectable } from '@nestjs/common';
import MiniSearch, { type SearchOptions as SearchParameters } from 'minisearch';
import type { Chunk } from './chunks.js';
import { indexTerm } from './index-term.js';

/** A chunk that matches a query. */
export interface SearchHit {
  chunk: Chunk;
  /** Higher is better; only comparable within one search. */
  score: number;
  title: string;
  url: string;
  source_id: string;
}

/** The options of a search. */
export interface SearchOptions {
  /** 10 by default. */
  limit?: number;
  source_id?: string;
  /** The user whose private sources are searched too; without one, only public sources are. */
  reader?: string | undefined;
}

/** Searching for misspellings takes memory and time with the square of a word's length; longer ones are no words. */
const MAX_FUZZY_LENGTH = 40;
const LENIENT: SearchParameters = {
  prefix: (term) => term.length > 3,
  fuzzy: (term) => (term.length > 4 && term.length <= MAX_FUZZY_LENGTH ? 0.15 : false),
};
/** More frequent words weigh almost nothing, so counting stops here. */
const MAX_WEIGHED_HITS = 100;
/** Each word costs a search that blocks the event loop. */
const MAX_QUERY_WORDS = 32;
/** The number of characters indexed before the event loop runs again. */
const SLICE_CHARACTERS = 20_000;

const tokenize = MiniSearch.getDefault('tokenize') as (text: string) => string[];

/** A searchable page. */
interface IndexedPage {
  edition: string | undefined;
  /** Its chunks by their ids in the index. */
  chunks: Map<number, Chunk>;
}

/** Searches chunks in memory; the index is rebuilt from the stored chunks at start. */
@Injectable()
export class TextIndex {
  /** The searchable chunks; all others in the index are being added or removed. */
  private readonly chunks = new Map<number, Chunk>();
  private readonly pages = new Map<string, Map<string, IndexedPage>>();
  /** The pages being added. */
  private readonly adding = new Map<string, IndexedPage>();
  private lastNumber = 0;
  /** Chunks that are no longer searchable and still have to be removed from the index. */
  private readonly removing = new Map<number, Chunk>();
  private isRemoving = false;
  private readonly index = new MiniSearch<Omit<Chunk, 'id'> & { id: number }>({
    fields: ['title', 'heading', 'text'],
    processTerm: indexTerm,
    searchOptions: { boost: { title: 2, heading: 1.5 } },
  });

  /** The number of searchable chunks. */
  get size(): number {
    return this.chunks.size;
  }

  /**
   * Finds the chunks that match `query` best, best first, and the same passage of two sources once.
   *
   * Prefixes and misspellings are searched only if the exact words give too few hits, because that takes far longer.
   * Only the first words of a long query are used, without stop words.
   */
  search(query: string, { limit = 10, source_id, reader }: SearchOptions = {}): SearchHit[] {
    const hits = new Map<string, SearchHit>();
    const words = limitWords(query);
    for (const leniency of [{}, LENIENT]) {
      if (hits.size >= limit) break;
      for (const { id, score } of this.index.search(words, leniency)) {
        if (hits.size >= limit) break;
        const chunk = this.chunks.get(id as number);
        if (!chunk || (source_id && chunk.source_id !== source_id)) continue;
        if (chunk.owner !== undefined && chunk.owner !== reader) continue;
        const place = `${chunk.url} ${chunk.position}`;
        const { title, url } = chunk;
        if (!hits.has(place)) hits.set(place, { chunk, score, title, url, source_id: chunk.source_id });
      }
    }
    return [...hits.values()];
  }

  /** Returns the weight of a word: rare words weigh more. */
  weigh(term: string): number {
    const found = this.search(term, { limit: MAX_WEIGHED_HITS }).length;
    return Math.log(1 + this.size / Math.max(1, found));
  }

  /** Lists the addresses of a source's pages. */
  urlsOf(source_id: string): string[] {
    return [...(this.pages.get(source_id)?.keys() ?? [])];
  }

  /** Returns the edition of a searchable page. */
  editionOf(source_id: string, url: string): string | undefined {
    return this.pages.get(source_id)?.get(url)?.edition;
  }

  /**
   * Replaces the chunks of a page in slices, so that other work can run in between.
   *
   * Searches find the old chunks until all new ones are indexed.
   */
  async putPage(source_id: string, url: string, chunks: readonly Chunk[], edition?: string): Promise<void> {
    const key = pageKey(source_id, url);
    const page: IndexedPage = { edition, chunks: new Map(chunks.map((chunk) => [(this.lastNumber += 1), chunk])) };
    this.adding.set(key, page);
    for await (const [id, chunk] of inSlices(page.chunks)) {
      // The page may have been removed or replaced meanwhile.
      if (this.adding.get(key) !== page) return this.discard(page);
      this.index.add({ ...chunk, id });
    }
    this.removePage(source_id, url);
    for (const [id, chunk] of page.chunks) this.chunks.set(id, chunk);
    const pages = this.pages.get(source_id) ?? new Map<string, IndexedPage>();
    this.pages.set(source_id, pages.set(url, page));
  }

  /** Removes the chunks of a page. */
  removePage(source_id: string, url: string): void {
    this.adding.delete(pageKey(source_id, url));
    const pages = this.pages.get(source_id);
    const page = pages?.get(url);
    if (!page) return;
    pages!.delete(url);
    if (pages!.size === 0) this.pages.delete(source_id);
    this.discard(page);
  }

  /** Removes the chunks of a source. */
  removeSource(source_id: string): void {
    for (const key of this.adding.keys()) if (key.startsWith(pageKey(source_id, ''))) this.adding.delete(key);
    for (const url of this.urlsOf(source_id)) this.removePage(source_id, url);
  }

  private discard({ chunks }: IndexedPage): void {
    for (const [id, chunk] of chunks) {
      this.chunks.delete(id);
      if (this.index.has(id)) this.removing.set(id, chunk);
    }
    void this.removeDiscarded();
  }

  // MiniSearch's own discard and vacuum fails silently when words are added while it runs.
  private async removeDiscarded(): Promise<void> {
    if (this.isRemoving) return;
    this.isRemoving = true;
    for await (const [id, chunk] of inSlices(this.removing)) {
      this.removing.delete(id);
      this.index.remove({ ...chunk, id });
    }
    this.isRemoving = false;
  }
}

/** Iterates over chunks, including new ones, and yields to the event loop between slices. */
async function* inSlices(chunks: ReadonlyMap<number, Chunk>): AsyncGenerator<[number, Chunk]> {
  let characters = 0;
  for (const [id, chunk] of chunks) {
    if (characters >= SLICE_CHARACTERS) {
      await new Promise((resolve) => setImmediate(resolve));
      characters = 0;
    }
    yield [id, chunk];
    characters += chunk.text.length + chunk.heading.length + chunk.title.length;
  }
}

/** Limits a query to its first words, without stop words. */
function limitWords(text: string): string {
  const words = tokenize(text);
  if (words.length <= MAX_QUERY_WORDS) return text;
  const meaningful = new Map(words.map((word) => [indexTerm(word), word]));
  meaningful.delete(null);
  return [...meaningful.values()].slice(0, MAX_QUERY_WORDS).join(' ');
}

function pageKey(source_id: string, url: string): string {
  return `${source_id} ${url}`;
}
