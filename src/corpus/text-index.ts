import { Injectable } from '@nestjs/common';
import MiniSearch, { type SearchOptions as SearchParameters } from 'minisearch';
import type { Chunk } from './chunks.js';
import { indexTerm } from './index-term.js';

/** A chunk that fits a query. */
export interface SearchHit {
  chunk: Chunk;
  /** Higher is better; only comparable within one search. */
  score: number;
  title: string;
  url: string;
  source_id: string;
}

/** How many hits (10), from which source, and for whom. */
export interface SearchOptions {
  limit?: number;
  source_id?: string;
  /** The user who finds what is that user's beside what is nobody's; without one only that is found. */
  reader?: string | undefined;
}

const LENIENT: SearchParameters = {
  prefix: (term) => term.length > 3,
  fuzzy: (term) => (term.length > 4 ? 0.15 : false),
};
/** A word found more often tells nothing anyway. */
const MAX_COUNTED = 100;
/** Each word is looked for by itself, and the sockets of this process wait meanwhile. */
const MAX_WORDS = 32;
/** So many characters are taken in or out before other work has its turn. */
const CHARACTERS_AT_ONCE = 20_000;

const tokenize = MiniSearch.getDefault('tokenize') as (text: string) => string[];

/** A page as it can be found. */
interface IndexedPage {
  edition: string | undefined;
  /** Its chunks by their numbers in the index. */
  chunks: Map<number, Chunk>;
}

/** Full-text search over chunks, held in memory and rebuilt from the stored chunks at start. */
@Injectable()
export class TextIndex {
  /** What can be found; what the index holds besides is on its way in or out. */
  private readonly chunks = new Map<number, Chunk>();
  private readonly pages = new Map<string, Map<string, IndexedPage>>();
  /** The pages on their way in, with what each of them is to be. */
  private readonly coming = new Map<string, IndexedPage>();
  private numbered = 0;
  /** What is found no more and is still to be taken out, by its numbers. */
  private readonly leaving = new Map<number, Chunk>();
  private isTidying = false;
  private readonly index = new MiniSearch<Omit<Chunk, 'id'> & { id: number }>({
    fields: ['title', 'heading', 'text'],
    processTerm: indexTerm,
    searchOptions: { boost: { title: 2, heading: 1.5 } },
  });

  /** How many chunks can be found. */
  get size(): number {
    return this.chunks.size;
  }

  /**
   * The chunks that fit `query` best, best first; the same text under two sources comes once. Beginnings of words and
   * slips of the pen are looked for when the words as they are give too few hits, since that takes far longer. Of a
   * long text the first words are looked for that say something.
   */
  search(query: string, { limit = 10, source_id, reader }: SearchOptions = {}): SearchHit[] {
    const hits = new Map<string, SearchHit>();
    const words = wordsToFind(query);
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

  /** How much a word tells: the fewer chunks have it, the more. */
  weigh(term: string): number {
    const found = this.search(term, { limit: MAX_COUNTED }).length;
    return Math.log(1 + this.size / Math.max(1, found));
  }

  /** The addresses of a source's pages. */
  urlsOf(source_id: string): string[] {
    return [...(this.pages.get(source_id)?.keys() ?? [])];
  }

  /** Which edition of a page can be found. */
  editionOf(source_id: string, url: string): string | undefined {
    return this.pages.get(source_id)?.get(url)?.edition;
  }

  /**
   * Makes `chunks` all there is of a page, letting other work run in between: what was there before is found until all
   * of it is in, and then no more.
   */
  async putPage(source_id: string, url: string, chunks: readonly Chunk[], edition?: string): Promise<void> {
    const place = placeOf(source_id, url);
    const page: IndexedPage = { edition, chunks: new Map(chunks.map((chunk) => [(this.numbered += 1), chunk])) };
    this.coming.set(place, page);
    for await (const [id, chunk] of gently(page.chunks)) {
      // It may have been removed or replaced while other work ran.
      if (this.coming.get(place) !== page) return this.discard(page);
      this.index.add({ ...chunk, id });
    }
    this.removePage(source_id, url);
    for (const [id, chunk] of page.chunks) this.chunks.set(id, chunk);
    const pages = this.pages.get(source_id) ?? new Map<string, IndexedPage>();
    this.pages.set(source_id, pages.set(url, page));
  }

  /** Removes the chunks of a page. */
  removePage(source_id: string, url: string): void {
    this.coming.delete(placeOf(source_id, url));
    const pages = this.pages.get(source_id);
    const page = pages?.get(url);
    if (!page) return;
    pages!.delete(url);
    if (pages!.size === 0) this.pages.delete(source_id);
    this.discard(page);
  }

  /** Removes the chunks of a source. */
  removeSource(source_id: string): void {
    for (const place of this.coming.keys()) if (place.startsWith(placeOf(source_id, ''))) this.coming.delete(place);
    for (const url of this.urlsOf(source_id)) this.removePage(source_id, url);
  }

  private discard({ chunks }: IndexedPage): void {
    for (const [id, chunk] of chunks) {
      this.chunks.delete(id);
      if (this.index.has(id)) this.leaving.set(id, chunk);
    }
    void this.tidy();
  }

  // Not MiniSearch's own discard and vacuum: that walks over all words in steps, and fails when words are added in
  // between, with nobody to hear of it.
  private async tidy(): Promise<void> {
    if (this.isTidying) return;
    this.isTidying = true;
    for await (const [id, chunk] of gently(this.leaving)) {
      this.leaving.delete(id);
      this.index.remove({ ...chunk, id });
    }
    this.isTidying = false;
  }
}

/** Goes through chunks, those that come meanwhile included, and lets other work run after some of them. */
async function* gently(chunks: ReadonlyMap<number, Chunk>): AsyncGenerator<[number, Chunk]> {
  let characters = 0;
  for (const [id, chunk] of chunks) {
    if (characters >= CHARACTERS_AT_ONCE) {
      await new Promise((resolve) => setImmediate(resolve));
      characters = 0;
    }
    yield [id, chunk];
    characters += chunk.text.length + chunk.heading.length + chunk.title.length;
  }
}

/** A text with no more words than can be looked for. */
function wordsToFind(text: string): string {
  const words = tokenize(text);
  if (words.length <= MAX_WORDS) return text;
  const telling = new Map(words.map((word) => [indexTerm(word), word]));
  telling.delete(null);
  return [...telling.values()].slice(0, MAX_WORDS).join(' ');
}

function placeOf(source_id: string, url: string): string {
  return `${source_id} ${url}`;
}
