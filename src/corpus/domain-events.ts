import { Injectable } from '@nestjs/common';
import { filter, map, Subject, type Observable } from 'rxjs';
import type { Source } from './sources.js';

/** The events between services, with their payloads. */
export interface DomainEventMap {
  source_added: Source;
  source_updated: Source;
  source_deleted: { source_id: string; owner?: string };
  crawl_finished: {
    url: string;
    success: boolean;
    message: string;
    progress_id: string;
    source_id?: string;
    owner?: string;
  };
}
/** The name of an event between services. */
export type DomainEventName = keyof DomainEventMap;

interface DomainEvent {
  name: DomainEventName;
  payload: DomainEventMap[DomainEventName];
  /** Set when the event happened in another process. */
  isRemote: boolean;
}

/** Carries events between services, so that services do not import each other. */
@Injectable()
export class DomainEvents {
  private readonly subject = new Subject<DomainEvent>();

  /** Emits an event of this process. */
  emit<N extends DomainEventName>(name: N, payload: DomainEventMap[N]): void {
    this.subject.next({ name, payload, isRemote: false });
  }

  /** Emits an event that happened in another process. */
  relay<N extends DomainEventName>(name: N, payload: DomainEventMap[N]): void {
    this.subject.next({ name, payload, isRemote: true });
  }

  /** Observes this process's events of one name, for work that one process does for all. */
  on<N extends DomainEventName>(name: N): Observable<DomainEventMap[N]> {
    return this.of(name, ({ isRemote }) => !isRemote);
  }

  /** Observes the events of all processes of one name, for work that each process does for itself. */
  onAnywhere<N extends DomainEventName>(name: N): Observable<DomainEventMap[N]> {
    return this.of(name, () => true);
  }

  private of<N extends DomainEventName>(name: N, accepts: (event: DomainEvent) => boolean) {
    return this.subject.pipe(
      filter((event) => event.name === name && accepts(event)),
      map(({ payload }) => payload as DomainEventMap[N]),
    );
  }
}
