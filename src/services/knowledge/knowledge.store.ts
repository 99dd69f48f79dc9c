import { Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { isOpenTo, type Caller } from '@switchyard/server';
import { fitsWords, type KnowledgeItem, type KnowledgePage } from '@switchyard/services';
import type { ListItems } from '@switchyard/services/knowledge/knowledge.dto';
import { Sources, type Source } from '../../corpus/index.js';
import { KnowledgeSettings } from './knowledge.settings.js';

/** Reads the sources of the corpus as pages of items. */
@Injectable()
export class KnowledgeStore {
  constructor(
    private readonly sources: Sources,
    private readonly settings: KnowledgeSettings,
  ) {}

  /** Returns one page of the matching items that the caller may see, newest first; a page after the last one is empty. */
  async page(
    caller: Caller,
    { page = 1, per_page = this.settings.perPage, q }: ListItems = {},
  ): Promise<KnowledgePage> {
    const open = (await this.sources.list()).filter(({ owner }) => isOpenTo(caller, owner));
    const matching = open.map(toItem).filter((item) => fitsWords(item, q));
    return {
      items: matching.slice((page - 1) * per_page, page * per_page),
      total: matching.length,
      page,
      per_page,
      pages: Math.max(1, Math.ceil(matching.length / per_page)),
    };
  }

  /** Returns the source of an item. @throws Fault `item.not_found`, also for another user's item */
  async find(source_id: string, caller: Caller): Promise<Source> {
    const source = await this.sources.get(source_id);
    if (!source || !isOpenTo(caller, source.owner)) throw new Fault('item.not_found', { source_id });
    return source;
  }
}

/** Turns a source into an item. */
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
