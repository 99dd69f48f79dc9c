import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import { pageId } from './pages.js';
import type { ChunkDraft, CodeDraft } from './reading/document.pieces.js';

/** A passage of a page, short enough to quote. */
export interface Chunk extends ChunkDraft {
  id: string;
  source_id: string;
  /** The source's owner; undefined for a public source. */
  owner?: string;
  /** The page's address. */
  url: string;
  /** The page's title. */
  title: string;
  /** The index in the page, from 0. */
  position: number;
}

/** A block of code of a page. */
export interface CodeExample extends CodeDraft {
  id: string;
  source_id: string;
  url: string;
  title: string;
  position: number;
}

/** The stored document with all pieces of a page, so that one write replaces or deletes them. */
interface PieceSet<T> {
  page_id: string;
  pieces: T[];
}

/** Stores the chunks and code examples of pages. */
@Injectable()
export class Chunks {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** Lists the chunks of a page in order. */
  async ofPage(source_id: string, url: string): Promise<Chunk[]> {
    const id = pageId(source_id, url);
    return (await this.store.documents.get<PieceSet<Chunk>>(`chunks:${source_id}`, id))?.pieces ?? [];
  }

  /** Lists the chunks of a source, page by page and in order. */
  async ofSource(source_id: string): Promise<Chunk[]> {
    return (await this.store.documents.list<PieceSet<Chunk>>(`chunks:${source_id}`)).flatMap(({ pieces }) => pieces);
  }

  /** Lists the code examples of a source, page by page and in order. */
  async codeOf(source_id: string): Promise<CodeExample[]> {
    return (await this.store.documents.list<PieceSet<CodeExample>>(`code:${source_id}`)).flatMap(
      ({ pieces }) => pieces,
    );
  }

  /** Returns the write that replaces the chunks of a page. */
  put(source_id: string, page_id: string, pieces: Chunk[]): DocumentWrite {
    return { collection: `chunks:${source_id}`, id: page_id, value: { page_id, pieces } satisfies PieceSet<Chunk> };
  }

  /** Returns the write that replaces the code examples of a page. */
  putCode(source_id: string, page_id: string, pieces: CodeExample[]): DocumentWrite {
    const value: PieceSet<CodeExample> = { page_id, pieces };
    return { collection: `code:${source_id}`, id: page_id, value: pieces.length > 0 ? value : null };
  }

  /** Returns the writes that delete a page's chunks and code examples. */
  delete(source_id: string, page_id: string): DocumentWrite[] {
    return [
      { collection: `chunks:${source_id}`, id: page_id, value: null },
      { collection: `code:${source_id}`, id: page_id, value: null },
    ];
  }
}
