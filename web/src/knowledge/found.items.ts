import type { KnowledgePage } from '@switchyard/services';
import type { KnowledgeItemsService } from '@switchyard/services/knowledge/knowledge.client.js';
import type { ListItems } from '@switchyard/services/knowledge/knowledge.dto';
import { catchError, defer, filter, map, of, startWith, switchMap, throttleTime, type Observable } from 'rxjs';
import { shown, type ShownFault } from '../fault/shown.fault.js';

/** The refresh interval in milliseconds, because a crawl changes its source with every page. */
const ASK_EVERY_MS = 500;

/** A page of items, or the fault. */
export interface FoundItems {
  page?: KnowledgePage;
  fault?: ShownFault;
}

/** Loads the matching items again after each change, and never fails. */
export function foundItems(items: KnowledgeItemsService, query: ListItems): Observable<FoundItems> {
  return items.room().messages$.pipe(
    filter(({ kind }) => kind !== 'presence'),
    startWith(undefined),
    throttleTime(ASK_EVERY_MS, undefined, { leading: true, trailing: true }),
    switchMap(() =>
      defer(() => items.list(query)).pipe(
        map((page): FoundItems => ({ page })),
        asFault,
      ),
    ),
    asFault,
  );
}

function asFault(found$: Observable<FoundItems>): Observable<FoundItems> {
  return found$.pipe(catchError((thrown: unknown) => of({ fault: shown(thrown) })));
}
