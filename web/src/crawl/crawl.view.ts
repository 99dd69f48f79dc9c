import type { EventMessage, SnapshotMessage, WireName } from '@switchyard/client';
import type { Position } from '@switchyard/contract';
import type { CrawlProgress, CrawlTypes } from '@switchyard/services';
import type { CrawlProgressService } from '@switchyard/services/crawl/crawl.client.js';
import { catchError, filter, map, of, scan, type Observable } from 'rxjs';
import { shown, type ShownFault } from '../fault/shown.fault.js';

/** What a card knows of its crawl. */
export interface CrawlView {
  progress?: CrawlProgress;
  /** Of what was shown last; absent on wires without positions. */
  position?: Position;
  /** What brought it. */
  wire?: WireName;
  /** Live events since this card was opened. */
  events: number;
  /** Times it was given the whole state: on opening, and whenever events could not be continued. */
  snapshots: number;
  /** Why the crawl cannot be followed. */
  fault?: ShownFault;
}

export const NOTHING_YET: CrawlView = { events: 0, snapshots: 0 };

type Told = SnapshotMessage<CrawlTypes> | EventMessage<CrawlTypes>;

/** Follows a crawl; ends with it, and never fails: a fault is part of the view. */
export function crawlView(crawls: CrawlProgressService, id: string): Observable<CrawlView> {
  return crawls.room(id).messages$.pipe(
    filter((message): message is Told => message.kind !== 'presence'),
    map((message) => (view: CrawlView) => take(view, message, crawls.connection.wire)),
    catchError((thrown: unknown) => of((view: CrawlView): CrawlView => ({ ...view, fault: shown(thrown) }))),
    scan((view, change) => change(view), NOTHING_YET),
  );
}

function take(view: CrawlView, message: Told, wire: WireName | undefined): CrawlView {
  const { position } = message;
  if (message.kind === 'snapshot') {
    return { ...view, progress: message.snapshot, position, wire, snapshots: view.snapshots + 1 };
  }
  return { ...view, progress: message.payload, position, wire, events: view.events + 1 };
}
