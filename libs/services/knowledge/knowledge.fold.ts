import type { ContractEvent } from '@switchyard/contract';
import type { KnowledgeTypes } from './knowledge.contract.js';
import type { KnowledgeItem, KnowledgePage } from './knowledge.item.js';

/** Applies an event to the first page; items on other pages are only counted. */
export function foldItems(page: KnowledgePage, event: ContractEvent<KnowledgeTypes>): KnowledgePage {
  switch (event.event) {
    case 'item_added':
      return has(page, event.payload) ? replace(page, event.payload) : resize(page, [event.payload, ...page.items], 1);
    case 'item_updated':
      return replace(page, event.payload);
    case 'item_deleted': {
      const left = page.items.filter(({ source_id }) => source_id !== event.payload.source_id);
      return left.length < page.items.length ? resize(page, left, -1) : page;
    }
    default:
      return page;
  }
}

function has({ items }: KnowledgePage, { source_id }: KnowledgeItem): boolean {
  return items.some((item) => item.source_id === source_id);
}

function replace(page: KnowledgePage, changed: KnowledgeItem): KnowledgePage {
  return { ...page, items: page.items.map((item) => (item.source_id === changed.source_id ? changed : item)) };
}

function resize(page: KnowledgePage, items: KnowledgeItem[], more: 1 | -1): KnowledgePage {
  const { per_page } = page;
  const total = page.total + more;
  return { ...page, items: items.slice(0, per_page), total, pages: Math.max(1, Math.ceil(total / per_page)) };
}
