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

/** How many hits (10) and from which source. */
export interface SearchOptions {
  limit?: number;
  source_id?: string;
}

const LENIENT: SearchParameters = {
  prefix: (term) => term.length > 3,
  fuzzy: (term) => (term.length > 4 ? 0.15 : false),
};
/** A word found more often tells nothing anyway. */
const MOST_COUNTED = 100;
const BATCH = 10;
const VACUUM_TERMS = 50;

/** Full-text search over chunks, held in memory and rebuilt from the stored chunks at start. */
@Injectable()
export class TextIndex {
  private readonly chunks = new Map<string, Chunk>();
  private readonly pages = new Map<string, Map<string, string[]>>();
  private readonly index = new MiniSearch<Chunk>({
    fields: ['title', 'heading', 'text'],
    processTerm: indexTerm,
    // Small steps, so that tidying up after a large source does not hold up the sockets of this process.
    autoVacuum: { batchSize: VACUUM_TERMS, batchWait: 10 },
    searchOptions: { boost: { title: 2, heading: 1.5 } },
  });

  /** How many chunks can be found. */
  get size(): number {
    return this.chunks.size;
  }

  /**
   * The chunks that fit `query` best, best first; the same text under two sources comes once. Beginnings of words and
   * slips of the pen are looked for when the words as they are give too few hits, since that takes far longer.
   */
  search(query: string, { limit = 10, source_id }: SearchOptions = {}): SearchHit[] {
    const hits = new Map<string, SearchHit>();
    for (const leniency of [{}, LENIENT]) {
      if (hits.size >= limit) break;
      for (const { id, score } of this.index.search(query, leniency)) {
        if (hits.size >= limit) break;
        const chunk = this.chunks.get(id as string);
        if (!chunk || (source_id && chunk.source_id !== source_id)) continue;
        const place = `${chunk.url} ${chunk.position}`;
        const { title, url } = chunk;
        if (!hits.has(place)) hits.set(place, { chunk, score, title, url, source_id: chunk.source_id });
      }
    }
    return [...hits.values()];
  }

  /** How much a word tells: the fewer chunks have it, the more. */
  weigh(term: string): number {
    const found = this.search(term, { limit: MOST_COUNTED }).length;
    return Math.log(1 + this.size / Math.max(1, found));
  }

  /** Adds chunks, letting other work run in between. */
  async add(chunks: readonly Chunk[]): Promise<void> {
    const fresh = chunks.filter(({ id }) => !this.chunks.has(id));
    for (const chunk of fresh) {
      this.chunks.set(chunk.id, chunk);
      this.idsOf(chunk.source_id, chunk.url).push(chunk.id);
    }
    for (let at = 0; at < fresh.length; at += BATCH) {
      if (at > 0) await new Promise((resolve) => setImmediate(resolve));
      // A page may have been removed while other work ran.
      this.index.addAll(fresh.slice(at, at + BATCH).filter((chunk) => this.chunks.get(chunk.id) === chunk));
    }
  }

  /** Makes `chunks` all there is of a page. */
  async replacePage(source_id: string, url: string, chunks: readonly Chunk[]): Promise<void> {
    this.removePage(source_id, url);
    await this.add(chunks);
  }

  /** Removes the chunks of a page. */
  removePage(source_id: string, url: string): void {
    this.drop(this.pages.get(source_id)?.get(url) ?? []);
    this.pages.get(source_id)?.delete(url);
  }

  /** Removes the chunks of a source. */
  removeSource(source_id: string): void {
    for (const ids of this.pages.get(source_id)?.values() ?? []) this.drop(ids);
    this.pages.delete(source_id);
  }

  private drop(ids: readonly string[]): void {
    for (const id of ids) {
      this.chunks.delete(id);
      if (this.index.has(id)) this.index.discard(id);
    }
  }

  private idsOf(source_id: string, url: string): string[] {
    const pages = this.pages.get(source_id) ?? new Map<string, string[]>();
    this.pages.set(source_id, pages);
    const ids = pages.get(url) ?? [];
    pages.set(url, ids);
    return ids;
  }
}
