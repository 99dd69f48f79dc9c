import { ServiceClient, type Realtime } from '@switchyard/client';
import { filter, of, switchMap, type Observable } from 'rxjs';
import { knowledge, type KnowledgeTypes } from './knowledge.contract.js';
import type { ListItems } from './knowledge.dto.js';
import { fitsWords } from './knowledge.filter.js';
import { foldItems } from './knowledge.fold.js';
import type { CrawlOutcome, KnowledgePage, UploadFailure, UploadOutcome } from './knowledge.item.js';
import { knowledgeLegacy } from './knowledge.legacy.js';

const CHANGES: readonly string[] = ['item_added', 'item_updated', 'item_deleted'];

/** The knowledge base: its items as they come, change and go. */
export class KnowledgeItemsService extends ServiceClient<KnowledgeTypes> {
  constructor(realtime: Realtime) {
    super(realtime, knowledge, {
      legacy: knowledgeLegacy,
      fits: ({ event, payload }, options) => event !== 'item_added' || fitsWords(payload, options.filter?.q),
    });
  }

  /** The first page of all items, kept up to date. */
  get items$(): Observable<KnowledgePage> {
    return this.room().fold(foldItems);
  }

  /** A page of the items that fit a filter, asked for again with each change. */
  filtered$(query: ListItems): Observable<KnowledgePage> {
    const room = this.room({ filter: query });
    return room.messages$.pipe(
      filter((message) => message.kind === 'snapshot' || (message.kind === 'event' && CHANGES.includes(message.event))),
      switchMap((message) => (message.kind === 'snapshot' ? of(message.snapshot) : this.list(query))),
    );
  }

  /** How crawls end. */
  get crawls$(): Observable<CrawlOutcome> {
    return this.room().on('crawl_completed');
  }

  /** Files that were taken in. */
  get uploads$(): Observable<UploadOutcome> {
    return this.room().on('upload_completed');
  }

  /** Files that could not be taken in. */
  get failedUploads$(): Observable<UploadFailure> {
    return this.room().on('upload_error');
  }

  /** One page of the items that fit. */
  list(query: ListItems = {}): Promise<KnowledgePage> {
    return this.call('list_items', query);
  }

  /** Deletes an item with everything that can be found of it. */
  async delete(source_id: string): Promise<void> {
    await this.call('delete_item', { source_id });
  }

  /** Has a site crawled again and returns the crawl's id. */
  async refresh(source_id: string): Promise<string> {
    return (await this.call('refresh_item', { source_id })).progress_id;
  }
}
