import type { KnowledgeItem } from './knowledge.item.js';

/** Tells whether all words of `q` are in an item's title, address, description or tags. */
export function fitsWords({ title, url, metadata }: KnowledgeItem, q = ''): boolean {
  const text = [title, url, metadata.description, ...metadata.tags].join('\n').toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
