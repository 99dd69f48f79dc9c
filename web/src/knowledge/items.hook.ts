import { foldItems } from '@switchyard/services';
import type { KnowledgeItemsService } from '@switchyard/services/knowledge/knowledge.client.js';
import { useMemo } from 'react';
import { of } from 'rxjs';
import { useObservable } from '../realtime/observable.hook.js';
import type { RoomFeed } from '../realtime/room.feed.js';
import { useRoomView } from '../realtime/room.view.hook.js';
import { foundItems, type FoundItems } from './found.items.js';

const NOTHING_YET: FoundItems = {};

/** One page of the items with the words `q`, kept up to date while the component is there. */
export function useItems(
  items: KnowledgeItemsService,
  q: string,
  page: number,
): FoundItems & { feed: RoomFeed; again(): void } {
  const { view, again } = useRoomView(items, () => items.room(), foldItems);
  const { state, fault, feed } = view;
  // The room tells the first page of all; what moves up from the second is not told.
  const isWhole = !state || state.items.length >= Math.min(state.total, state.per_page);
  const isTold = q === '' && page === 1 && isWhole;
  const asked$ = useMemo(
    () => (isTold ? of(NOTHING_YET) : foundItems(items, { page, ...(q !== '' && { q }) })),
    [items, isTold, q, page],
  );
  const asked = useObservable(asked$, NOTHING_YET);
  return { page: isTold ? state : asked.page, fault: fault ?? asked.fault, feed, again };
}
