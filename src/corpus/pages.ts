import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import { idOf } from './sources.js';

/** A page of a source, as last fetched. */
export interface Page {
  page_id: string;
  source_id: string;
  /** Changes each time the page is stored. */
  edition: string;
  url: string;
  title: string;
  /** Characters of readable text. */
  text_length: number;
  word_count: number;
  chunks_count: number;
  code_examples_count: number;
  /** ISO 8601 with Z. */
  fetched_at: string;
}

const collection = (source_id: string) => `pages:${source_id}`;

/** Derives a page's id from its source and address. */
export function pageId(source_id: string, url: string): string {
  return idOf(`${source_id} ${url}`);
}

/** Stores the pages of sources. */
@Injectable()
export class Pages {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** Finds a source's page by address; undefined when it does not exist. */
  get(source_id: string, url: string): Promise<Page | undefined> {
    return this.store.documents.get<Page>(collection(source_id), pageId(source_id, url));
  }

  /** Lists the pages of a source by address. */
  async list(source_id: string): Promise<Page[]> {
    const pages = await this.store.documents.list<Page>(collection(source_id));
    return pages.sort((a, b) => (a.url < b.url ? -1 : 1));
  }

  /** Returns the write that stores a page. */
  put(page: Page): DocumentWrite {
    return { collection: collection(page.source_id), id: page.page_id, value: page };
  }

  /** Returns the write that deletes a page. */
  delete(source_id: string, page_id: string): DocumentWrite {
    return { collection: collection(source_id), id: page_id, value: null };
  }
}
