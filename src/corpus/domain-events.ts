import { Injectable } from '@nestjs/common';
import { filter, map, Subject, type Observable } from 'rxjs';
import type { Source } from './sources.js';

/** What one service has to tell others, by name. */
export interface DomainEventMap {
  source_added: Source;
  source_updated: Source;
  source_deleted: { source_id: string };
  /** Somebody wants a site crawled (a refresh, a stale source); the crawl service starts it under this id. */
  crawl_requested: {
    progress_id: string;
    request: { url: string; max_pages?: number; max_depth?: number; tags?: string[] };
    owner?: string;
  };
  crawl_finished: { url: string; success: boolean; message: string; progress_id: string; source_id?: string };
}
export type DomainEventName = keyof DomainEventMap;

/** Events between the services of one process, so that none has to know another. */
@Injectable()
export class DomainEvents {
  private readonly subject = new Subject<{ name: DomainEventName; payload: DomainEventMap[DomainEventName] }>();

  /** Tells everybody who listens, now. */
  emit<N extends DomainEventName>(name: N, payload: DomainEventMap[N]): void {
    this.subject.next({ name, payload });
  }

  /** The events of one name from now on. */
  on<N extends DomainEventName>(name: N): Observable<DomainEventMap[N]> {
    return this.subject.pipe(
      filter((event) => event.name === name),
      map(({ payload }) => payload as DomainEventMap[N]),
    );
  }
}
