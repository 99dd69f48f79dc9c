import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Collection, keyPart, STORE, type DocumentWrite, type Store } from '@switchyard/server';

/** A crawled site or an uploaded file; times are ISO 8601 with Z. */
export interface Source {
  source_id: string;
  /** Whose it is; everybody's when undefined. */
  owner?: string;
  /** The page a crawl began with, or `file:{name}`. */
  url: string;
  title: string;
  description: string;
  tags: string[];
  knowledge_type: string;
  source_type: 'url' | 'file';
  /** `processing` while pages are being added, `error` when there is nothing to search in. */
  status: 'processing' | 'active' | 'error';
  pages_count: number;
  chunks_count: number;
  word_count: number;
  code_examples_count: number;
  update_frequency_days: number;
  /** The limits of the last crawl, so that a refresh asks for the same. */
  crawl_limits?: { max_pages: number; max_depth: number };
  file_name?: string;
  file_type?: string;
  last_scraped: string;
  created_at: string;
  updated_at: string;
}

/** What has to be said about a source; everything else has a default. */
export type NewSource = Pick<Source, 'source_id' | 'url' | 'title' | 'source_type'> & Partial<Source>;

/** The id of whatever is identified by `name`: 20 hexadecimal digits, the same each time. */
export function idOf(name: string): string {
  return createHash('sha256').update(keyPart(name)).digest('hex').slice(0, 20);
}

/** The id of the source that `owner` has under `name`; what is nobody's and what is a user's never have the same. */
export function sourceIdOf(name: string, owner: string | undefined): string {
  return idOf(owner === undefined ? name : JSON.stringify([owner, name]));
}

/** The sources as they are stored; `Corpus` is where they are changed. */
@Injectable()
export class Sources extends Collection<Source> {
  constructor(@Inject(STORE) store: Store) {
    super(store, 'sources');
  }

  /** Every source, the one created last first. */
  override async list(): Promise<Source[]> {
    const sources = await super.list();
    return sources.sort((a, b) => b.created_at.localeCompare(a.created_at) || a.url.localeCompare(b.url));
  }

  /** The write that keeps a source, unless it is not `before` any more. */
  put(before: Source | undefined, source: Source): DocumentWrite {
    return this.write(source.source_id, source, before ?? null);
  }

  /** The write that forgets a source, unless it is not `before` any more. */
  delete(source_id: string, before: Source | undefined): DocumentWrite {
    return this.write(source_id, null, before ?? null);
  }
}

/** A source with every field, `processing` and empty unless told otherwise. */
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
