import type { RoomMessage } from '@switchyard/client';
import type { CrawlProgress, CrawlTypes } from '@switchyard/services';
import type { CrawlProgressService } from '@switchyard/services/crawl/crawl.client.js';
import { catchError, map, of, scan, type Observable } from 'rxjs';
import { shown, type ShownFault } from '../fault/shown.fault.js';
import { feedAfter, NO_FEED, type RoomFeed } from '../realtime/room.feed.js';

/** What a card knows of its crawl. */
export interface CrawlView {
  progress?: CrawlProgress;
  feed: RoomFeed;
  /** Why the crawl cannot be followed. */
  fault?: ShownFault;
}

export const NOTHING_YET: CrawlView = { feed: NO_FEED };

/** Follows a crawl; ends with it, and never fails: a fault is part of the view. */
export function crawlView(crawls: CrawlProgressService, id: string): Observable<CrawlView> {
  return crawls.room(id).messages$.pipe(
    map((message) => (view: CrawlView) => take(view, message, feedAfter(view.feed, message, crawls.connection.wire))),
    catchError((thrown: unknown) => of((view: CrawlView): CrawlView => ({ ...view, fault: shown(thrown) }))),
    scan((view, change) => change(view), NOTHING_YET),
  );
}

function take(view: CrawlView, message: RoomMessage<CrawlTypes>, feed: RoomFeed): CrawlView {
  if (message.kind === 'presence') return view;
  return { ...view, feed, progress: message.kind === 'snapshot' ? message.snapshot : message.payload };
}
