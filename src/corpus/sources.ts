import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Collection, keyPart, STORE, type DocumentWrite, type Store } from '@switchyard/server';

/** A crawled site or an uploaded file; times are ISO 8601 with Z. */
export interface Source {
  source_id: string;
  /** Undefined for a public source. */
  owner?: string;
  /** The first page of a crawl, or `file:{name}`. */
  url: string;
  title: string;
  description: string;
  tags: string[];
  knowledge_type: string;
  source_type: 'url' | 'file';
  /** `processing` while pages are being added; `error` without pages. */
  status: 'processing' | 'active' | 'error';
  pages_count: number;
  chunks_count: number;
  word_count: number;
  code_examples_count: number;
  update_frequency_days: number;
  /** The limits of the last crawl; a refresh uses them again. */
  crawl_limits?: { max_pages: number; max_depth: number };
  file_name?: string;
  file_type?: string;
  last_scraped: string;
  created_at: string;
  updated_at: string;
}

/** The fields of a new source; the optional ones have defaults. */
export type NewSource = Pick<Source, 'source_id' | 'url' | 'title' | 'source_type'> & Partial<Source>;

/** Derives an id of 20 hexadecimal digits from a name. */
export function idOf(name: string): string {
  return createHash('sha256').update(keyPart(name)).digest('hex').slice(0, 20);
}

/** Derives a source's id from its name and owner; a public source never shares an id with a user's. */
export function sourceIdOf(name: string, owner: string | undefined): string {
  return idOf(owner === undefined ? name : JSON.stringify([owner, name]));
}

/** Stores sources; change them through `Corpus`. */
@Injectable()
export class Sources extends Collection<Source> {
  constructor(@Inject(STORE) store: Store) {
    super(store, 'sources');
  }

  /** Lists all sources, newest first. */
  override async list(): Promise<Source[]> {
    const sources = await super.list();
    return sources.sort((a, b) => b.created_at.localeCompare(a.created_at) || a.url.localeCompare(b.url));
  }

  /** Returns the write that stores a source if it still equals `before`. */
  put(before: Source | undefined, source: Source): DocumentWrite {
    return this.write(source.source_id, source, before ?? null);
  }

  /** Returns the write that deletes a source if it still equals `before`. */
  delete(source_id: string, before: Source | undefined): DocumentWrite {
    return this.write(source_id, null, before ?? null);
  }
}

/** Creates a source with default fields: `processing` and empty. */
export function newSource(given: NewSource, now: string): Source {
  return {
    description: '',
    tags: [],
    knowledge_type: 'technical',
    status: 'processing',
    pages_count: 0,
    chunks_count: 0,
    word_count: 0,
    code_examples_count: 0,
    update_frequency_days: 7,
    last_scraped: now,
    created_at: now,
    updated_at: now,
    ...given,
  };
}
