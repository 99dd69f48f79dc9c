import { ServiceClient, type Realtime } from '@switchyard/client';
import { filter, of, switchMap, type Observable } from 'rxjs';
import { knowledge, type KnowledgeTypes } from './knowledge.contract.js';
import type { ListItems } from './knowledge.dto.js';
import { fitsWords } from './knowledge.filter.js';
import { foldItems } from './knowledge.fold.js';
import type { CrawlOutcome, KnowledgePage, UploadFailure, UploadOutcome } from './knowledge.item.js';
import { knowledgeLegacy } from './knowledge.legacy.js';

const CHANGES: readonly string[] = ['item_added', 'item_updated', 'item_deleted'];

/** Follows and changes the items of the knowledge base. */
export class KnowledgeItemsService extends ServiceClient<KnowledgeTypes> {
  constructor(realtime: Realtime) {
    super(realtime, knowledge, {
      legacy: knowledgeLegacy,
      fits: ({ event, payload }, options) => event !== 'item_added' || fitsWords(payload, options.filter?.q),
    });
  }

  /** Observes the first page of all items. */
  get items$(): Observable<KnowledgePage> {
    return this.room().fold(foldItems);
  }

  /** Observes a page of filtered items, loaded again after each change. */
  filtered$(query: ListItems): Observable<KnowledgePage> {
    const room = this.room({ filter: query });
    return room.messages$.pipe(
      filter((message) => message.kind === 'snapshot' || (message.kind === 'event' && CHANGES.includes(message.event))),
      switchMap((message) => (message.kind === 'snapshot' ? of(message.snapshot) : this.list(query))),
    );
  }

  /** Observes the results of crawls. */
  get crawls$(): Observable<CrawlOutcome> {
    return this.room().on('crawl_completed');
  }

  /** Observes accepted uploads. */
  get uploads$(): Observable<UploadOutcome> {
    return this.room().on('upload_completed');
  }

  /** Observes failed uploads. */
  get failedUploads$(): Observable<UploadFailure> {
    return this.room().on('upload_error');
  }

  /** Loads a page of filtered items. */
  list(query: ListItems = {}): Promise<KnowledgePage> {
    return this.call('list_items', query);
  }

  /** Deletes an item with its pages and chunks. */
  async delete(source_id: string): Promise<void> {
    await this.call('delete_item', { source_id });
  }

  /** Crawls a site again and returns the crawl's id. */
  async refresh(source_id: string): Promise<string> {
    return (await this.call('refresh_item', { source_id })).progress_id;
  }
}
