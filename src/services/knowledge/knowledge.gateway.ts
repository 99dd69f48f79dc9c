import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { EventName, EventPayload } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, type Caller, type RoomView, legacy } from '@switchyard/server';
import { knowledge, knowledgeLegacy, type KnowledgePage, type KnowledgeTypes } from '@switchyard/services';
import { DeleteItem, JoinKnowledge, ListItems, RefreshItem } from '@switchyard/services/knowledge/knowledge.dto';
import { SINGLE_ROOM_KEY, Fault } from '@switchyard/contract';
import { Subscription } from 'rxjs';
import { Corpus, DomainEvents } from '../../corpus/index.js';
import { KnowledgeStore, toItem } from './knowledge.store.js';
import { UploadWorker } from './upload.worker.js';
import { SourceRefresher } from './source.refresher.js';

/** The knowledge service: one room that publishes which sources are added, changed and deleted. */
@ServiceGateway(knowledge, { wires: [legacy(knowledgeLegacy)], join: JoinKnowledge })
export class KnowledgeGateway extends BaseRoomService<typeof knowledge> implements OnModuleInit, OnModuleDestroy {
  private readonly subscription = new Subscription();

  constructor(
    private readonly store: KnowledgeStore,
    private readonly corpus: Corpus,
    private readonly events: DomainEvents,
    private readonly uploads: UploadWorker,
    private readonly refresher: SourceRefresher,
  ) {
    super();
  }

  onModuleInit(): void {
    const { events, subscription } = this;
    subscription.add(
      events.on('source_added').subscribe((one) => this.publishEvent('item_added', toItem(one), one.owner)),
    );
    subscription.add(
      events.on('source_updated').subscribe((one) => this.publishEvent('item_updated', toItem(one), one.owner)),
    );
    subscription.add(
      events
        .on('source_deleted')
        .subscribe(({ source_id, owner }) => this.publishEvent('item_deleted', { source_id }, owner)),
    );
    subscription.add(
      events.on('crawl_finished').subscribe(({ url, success, message, progress_id, owner }) => {
        this.publishEvent('crawl_completed', { url, success, message, progress_id }, owner);
      }),
    );
    subscription.add(
      this.uploads.ends$.subscribe(({ event, payload, owner }) => this.publishEvent(event, payload, owner)),
    );
  }

  onModuleDestroy(): void {
    this.subscription.unsubscribe();
  }

  override snapshot(_key: string, { caller, options }: RoomView<JoinKnowledge>): Promise<KnowledgePage> {
    return this.store.page(caller, options.filter);
  }

  @Call('list_items')
  list(query: ListItems, caller: Caller): Promise<KnowledgePage> {
    return this.store.page(caller, query);
  }

  @Call('delete_item')
  async delete({ source_id }: DeleteItem, caller: Caller) {
    await this.store.find(source_id, caller);
    if (!(await this.corpus.deleteSource(source_id))) throw new Fault('item.not_found', { source_id });
    return { source_id };
  }

  @Call('refresh_item')
  async refresh({ source_id }: RefreshItem, caller: Caller) {
    const { owner } = await this.store.find(source_id, caller);
    return { source_id, progress_id: await this.refresher.refresh(source_id, owner) };
  }

  private publishEvent<E extends EventName<KnowledgeTypes>>(
    event: E,
    payload: EventPayload<KnowledgeTypes, E>,
    owner: string | undefined,
  ): void {
    void this.publish(SINGLE_ROOM_KEY, event, payload, [], owner);
  }
}
