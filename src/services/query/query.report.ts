import type { ContractEvent, Fault } from '@switchyard/contract';
import type { DocumentWrite, RoomEmit } from '@switchyard/server';
import {
  foldQuery,
  type QueryResult,
  type QueryState,
  type QueryStepName,
  type QueryTypes,
} from '@switchyard/services';

/** Sends an event of a query, with what is to be stored in the same transaction. */
export type Emit = RoomEmit<QueryTypes>;

const LABELS: Readonly<Record<QueryStepName, string>> = {
  validating: 'Checking the query',
  similarity: 'Looking for an earlier answer',
  cache_hit: 'Found an earlier answer',
  searching: 'Searching the index',
  scraping: 'Reading pages again that may have changed',
  summarizing: 'Writing the summary',
  done: 'Done',
};

/** Tells how a query goes on and keeps its state, which is stored with each event. */
export class QueryReport {
  constructor(
    private state: QueryState,
    private readonly emit: Emit,
    private readonly put: (state: QueryState) => DocumentWrite,
  ) {}

  /** Begins a step. */
  step(step: QueryStepName, info?: string): Promise<unknown> {
    return this.tell({ event: 'query_step', payload: { ...this.line(step), ...(info !== undefined && { info }) } });
  }

  /** Says that a step could not be finished, and why. */
  stumble(step: QueryStepName, info: string): Promise<unknown> {
    return this.tell({ event: 'query_step', payload: { ...this.line(step), info, failed: true } });
  }

  complete(payload: QueryResult): Promise<unknown> {
    return this.tell({ event: 'query_completed', payload });
  }

  fail({ message: reason, help }: Fault): Promise<unknown> {
    return this.tell({ event: 'query_failed', payload: { reason, help } });
  }

  private line(step: QueryStepName) {
    return { step, label: LABELS[step], timestamp: new Date().toISOString() };
  }

  private tell(event: ContractEvent<QueryTypes>): Promise<unknown> {
    this.state = foldQuery(this.state, event);
    return this.emit(event.event, event.payload, [this.put(this.state)]);
  }
}
