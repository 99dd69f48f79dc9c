import { foldItems } from '@switchyard/services';
import type { KnowledgeItemsService } from '@switchyard/services/knowledge/knowledge.client.js';
import { useMemo } from 'react';
import { of } from 'rxjs';
import { useObservable } from '../realtime/observable.hook.js';
import type { RoomFeed } from '../realtime/room.feed.js';
import { useRoomView } from '../realtime/room.view.hook.js';
import { foundItems, type FoundItems } from './found.items.js';

const NOTHING_YET: FoundItems = {};

/** Returns a page of the items that match `q`, kept up to date while the component is mounted. */
export function useItems(
  items: KnowledgeItemsService,
  q: string,
  page: number,
): FoundItems & { feed: RoomFeed; again(): void } {
  const { view, again } = useRoomView(items, () => items.room(), foldItems);
  const { state, fault, feed } = view;
  // The room only reports changes of the first page, so other pages are loaded again.
  const isWhole = !state || state.items.length >= Math.min(state.total, state.per_page);
  const isFirstPage = q === '' && page === 1 && isWhole;
  const loaded$ = useMemo(
    () => (isFirstPage ? of(NOTHING_YET) : foundItems(items, { page, ...(q !== '' && { q }) })),
    [items, isFirstPage, q, page],
  );
  const loaded = useObservable(loaded$, NOTHING_YET);
  return { page: isFirstPage ? state : loaded.page, fault: fault ?? loaded.fault, feed, again };
}
