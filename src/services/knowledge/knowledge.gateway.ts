import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { EventName, EventPayload } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, ownerOf, type Caller } from '@switchyard/server';
import { knowledge, knowledgeLegacy, type KnowledgePage, type KnowledgeTypes } from '@switchyard/services';
import { DeleteItem, ListItems, RefreshItem } from '@switchyard/services/dto';
import { SINGLE_ROOM_KEY, Fault } from '@switchyard/contract';
import { Subscription } from 'rxjs';
import { Corpus, DomainEvents } from '../../corpus/index.js';
import { KnowledgeItems, toItem } from './knowledge.items.js';
import { KnowledgeUploads } from './knowledge.uploads.js';
import { SourceRefresher } from './source.refresher.js';

/** The knowledge base as seen from outside: one room that tells what comes, changes and goes. */
@ServiceGateway(knowledge, { legacy: [knowledgeLegacy] })
export class KnowledgeGateway extends BaseRoomService<typeof knowledge> implements OnModuleInit, OnModuleDestroy {
  private readonly subscription = new Subscription();

  constructor(
    private readonly items: KnowledgeItems,
    private readonly corpus: Corpus,
    private readonly events: DomainEvents,
    private readonly uploads: KnowledgeUploads,
    private readonly refresher: SourceRefresher,
  ) {
    super();
  }

  onModuleInit(): void {
    const { events, subscription } = this;
    subscription.add(events.on('source_added').subscribe((source) => this.tell('item_added', toItem(source))));
    subscription.add(events.on('source_updated').subscribe((source) => this.tell('item_updated', toItem(source))));
    subscription.add(events.on('source_deleted').subscribe((gone) => this.tell('item_deleted', gone)));
    subscription.add(
      events.on('crawl_finished').subscribe(({ url, success, message, progress_id }) => {
        this.tell('crawl_completed', { url, success, message, progress_id });
      }),
    );
    subscription.add(this.uploads.ends$.subscribe(({ event, payload }) => this.tell(event, payload)));
  }

  onModuleDestroy(): void {
    this.subscription.unsubscribe();
  }

  override snapshot(): Promise<KnowledgePage> {
    return this.items.page();
  }

  @Call('list_items')
  list(query: ListItems): Promise<KnowledgePage> {
    return this.items.page(query);
  }

  @Call('delete_item')
  async delete({ source_id }: DeleteItem) {
    if (!(await this.corpus.deleteSource(source_id))) throw new Fault('item.not_found', { source_id });
    return { source_id };
  }

  @Call('refresh_item')
  async refresh({ source_id }: RefreshItem, caller: Caller) {
    return { source_id, progress_id: await this.refresher.refresh(source_id, ownerOf(caller)) };
  }

  private tell<E extends EventName<KnowledgeTypes>>(event: E, payload: EventPayload<KnowledgeTypes, E>): void {
    void this.publish(SINGLE_ROOM_KEY, event, payload);
  }
}
