import { Injectable } from '@nestjs/common';
import { filter, map, Subject, type Observable } from 'rxjs';
import type { Source } from './sources.js';

/** What one service has to tell others, by name. */
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
export type DomainEventName = keyof DomainEventMap;

interface DomainEvent {
  name: DomainEventName;
  payload: DomainEventMap[DomainEventName];
  /** Whether it happened in another process. */
  isElsewhere: boolean;
}

/** Events between the services of one process, so that none has to know another. */
@Injectable()
export class DomainEvents {
  private readonly subject = new Subject<DomainEvent>();

  /** Tells everybody who listens, now. */
  emit<N extends DomainEventName>(name: N, payload: DomainEventMap[N]): void {
    this.subject.next({ name, payload, isElsewhere: false });
  }

  /** Tells those who listen to what happens anywhere of what another process did. */
  relay<N extends DomainEventName>(name: N, payload: DomainEventMap[N]): void {
    this.subject.next({ name, payload, isElsewhere: true });
  }

  /** The events of one name from now on, of this process: for what has to be done once. */
  on<N extends DomainEventName>(name: N): Observable<DomainEventMap[N]> {
    return this.of(name, ({ isElsewhere }) => !isElsewhere);
  }

  /** The same with what is seen to have happened in other processes: for what each process has to do. */
  onAnywhere<N extends DomainEventName>(name: N): Observable<DomainEventMap[N]> {
    return this.of(name, () => true);
  }

  private of<N extends DomainEventName>(name: N, counts: (event: DomainEvent) => boolean) {
    return this.subject.pipe(
      filter((event) => event.name === name && counts(event)),
      map(({ payload }) => payload as DomainEventMap[N]),
    );
  }
}
