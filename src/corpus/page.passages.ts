import type { SearchHit } from './text-index.js';
import type { VisitedPage } from './web/page.visit.js';

/** Converts a visited page into search hits, one for each chunk. */
export function passagesOf({ url, document }: VisitedPage, source_id: string): SearchHit[] {
  const { title } = document;
  return document.chunks.map((draft, position) => ({
    chunk: { id: `${url}#${position}`, source_id, url, title, ...draft, position },
    score: 1,
    title,
    url,
    source_id,
  }));
}
