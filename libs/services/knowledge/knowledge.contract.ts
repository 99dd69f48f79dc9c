import { defineService } from '@switchyard/contract';
import type { DeleteItem, JoinKnowledge, ListItems, RefreshItem } from './knowledge.dto.js';
import './knowledge.faults.js';
import type { CrawlOutcome, KnowledgeItem, KnowledgePage, UploadFailure, UploadOutcome } from './knowledge.item.js';

/** The payload types of the knowledge service. */
export interface KnowledgeTypes {
  room: object;
  calls: {
    list_items: { payload: ListItems; reply: KnowledgePage };
    delete_item: { payload: DeleteItem; reply: { source_id: string } };
    refresh_item: { payload: RefreshItem; reply: { source_id: string; progress_id: string } };
  };
  events: {
    item_added: KnowledgeItem;
    item_updated: KnowledgeItem;
    item_deleted: { source_id: string };
    crawl_completed: CrawlOutcome;
    upload_completed: UploadOutcome;
    upload_error: UploadFailure;
  };
  snapshot: KnowledgePage;
  join: JoinKnowledge;
}

/** The contract of the knowledge service. */
export const knowledge = defineService<KnowledgeTypes>()({
  name: 'knowledge',
  kind: 'collection',
  room: { name: 'knowledge_items' },
  join: 'join_knowledge',
  leave: 'leave_knowledge',
  snapshot: 'knowledge_items_update',
  calls: { list_items: { repeatable: true }, delete_item: {}, refresh_item: {} },
  events: {
    item_added: {},
    item_updated: {},
    item_deleted: {},
    crawl_completed: {},
    upload_completed: {},
    upload_error: {},
  },
});
