import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import { pageId } from './pages.js';
import type { ChunkDraft, CodeDraft } from './reading/document.pieces.js';

/** A piece of a page that is short enough to be quoted. */
export interface Chunk extends ChunkDraft {
  id: string;
  source_id: string;
  /** Whose the source is; everybody's when undefined. */
  owner?: string;
  /** The page's address. */
  url: string;
  /** The page's title. */
  title: string;
  /** Its place in the page, from 0. */
  position: number;
}

/** A block of code found in a page. */
export interface CodeExample extends CodeDraft {
  id: string;
  source_id: string;
  url: string;
  title: string;
  position: number;
}

/** One document holds all pieces of a page, so that they are replaced or removed in one write. */
interface PieceSet<T> {
  page_id: string;
  pieces: T[];
}

/** Chunks and code examples of pages as they are stored. */
@Injectable()
export class Chunks {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** The chunks of a page in order. */
  async ofPage(source_id: string, url: string): Promise<Chunk[]> {
    const id = pageId(source_id, url);
    return (await this.store.documents.get<PieceSet<Chunk>>(`chunks:${source_id}`, id))?.pieces ?? [];
  }

  /** The chunks of a source, those of a page together and in order. */
  async ofSource(source_id: string): Promise<Chunk[]> {
    return (await this.store.documents.list<PieceSet<Chunk>>(`chunks:${source_id}`)).flatMap(({ pieces }) => pieces);
  }

  /** The code examples of a source, those of a page together and in order. */
  async codeOf(source_id: string): Promise<CodeExample[]> {
    return (await this.store.documents.list<PieceSet<CodeExample>>(`code:${source_id}`)).flatMap(
      ({ pieces }) => pieces,
    );
  }

  /** The write that keeps these as all chunks of a page. */
  put(source_id: string, page_id: string, pieces: Chunk[]): DocumentWrite {
    return { collection: `chunks:${source_id}`, id: page_id, value: { page_id, pieces } satisfies PieceSet<Chunk> };
  }

  /** The write that keeps these as all code examples of a page. */
  putCode(source_id: string, page_id: string, pieces: CodeExample[]): DocumentWrite {
    const value: PieceSet<CodeExample> = { page_id, pieces };
    return { collection: `code:${source_id}`, id: page_id, value: pieces.length > 0 ? value : null };
  }

  /** The writes that forget everything of a page. */
  delete(source_id: string, page_id: string): DocumentWrite[] {
    return [
      { collection: `chunks:${source_id}`, id: page_id, value: null },
      { collection: `code:${source_id}`, id: page_id, value: null },
    ];
  }
}
