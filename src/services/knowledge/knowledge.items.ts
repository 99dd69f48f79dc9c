import { Injectable } from '@nestjs/common';
import type { KnowledgeItem, KnowledgePage } from '@switchyard/services';
import type { ListItems } from '@switchyard/services/dto';
import { Sources, type Source } from '../../corpus/index.js';
import { KnowledgeSettings } from './knowledge.settings.js';

/** The sources of the corpus as items of the knowledge base, page by page. */
@Injectable()
export class KnowledgeItems {
  constructor(
    private readonly sources: Sources,
    private readonly settings: KnowledgeSettings,
  ) {}

  /** One page of the items that fit, the one added last first; a page beyond the last is empty. */
  async page({ page = 1, per_page = this.settings.perPage, q = '' }: ListItems = {}): Promise<KnowledgePage> {
    const words = q.toLowerCase().split(/\s+/).filter(Boolean);
    const fitting = (await this.sources.list()).filter((source) => hasAll(source, words));
    return {
      items: fitting.slice((page - 1) * per_page, page * per_page).map(toItem),
      total: fitting.length,
      page,
      per_page,
      pages: Math.max(1, Math.ceil(fitting.length / per_page)),
    };
  }
}

/** A source as an item. */
export function toItem(source: Source): KnowledgeItem {
  const { source_id, title, url, created_at, updated_at, file_name, file_type } = source;
  return {
    id: source_id,
    title,
    url,
    source_id,
    metadata: {
      knowledge_type: source.knowledge_type,
      tags: source.tags,
      source_type: source.source_type,
      status: source.status,
      description: source.description,
      chunks_count: source.chunks_count,
      word_count: source.word_count,
      last_scraped: source.last_scraped,
      update_frequency_days: source.update_frequency_days,
      ...(file_name !== undefined && { file_name }),
      ...(file_type !== undefined && { file_type }),
      code_examples_count: source.code_examples_count,
    },
    created_at,
    updated_at,
  };
}

function hasAll({ title, url, description, tags }: Source, words: readonly string[]): boolean {
  const text = [title, url, description, ...tags].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}
