import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import { idOf } from './sources.js';

/** A page of a source as it was when last fetched. */
export interface Page {
  page_id: string;
  source_id: string;
  /** Another one each time the page is put in. */
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

/** The id of a page: the same for the same address in the same source. */
export function pageId(source_id: string, url: string): string {
  return idOf(`${source_id} ${url}`);
}

/** What is known of each page of a source. */
@Injectable()
export class Pages {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** The page at `url` in a source, undefined when it is not there. */
  get(source_id: string, url: string): Promise<Page | undefined> {
    return this.store.documents.get<Page>(collection(source_id), pageId(source_id, url));
  }

  /** The pages of a source by address. */
  async list(source_id: string): Promise<Page[]> {
    const pages = await this.store.documents.list<Page>(collection(source_id));
    return pages.sort((a, b) => (a.url < b.url ? -1 : 1));
  }

  /** The write that keeps `page`. */
  put(page: Page): DocumentWrite {
    return { collection: collection(page.source_id), id: page.page_id, value: page };
  }

  /** The write that forgets a page. */
  delete(source_id: string, page_id: string): DocumentWrite {
    return { collection: collection(source_id), id: page_id, value: null };
  }
}
