import type { ContractEvent, Fault } from '@switchyard/contract';
import type { RoomPublish } from '@switchyard/server';
import { foldQuery, type QueryResult, type QueryStepName, type QueryTypes } from '@switchyard/services';
import type { QueryStore, StoredQuery } from './query.store.js';

/** Publishes an event of a query, with the writes that belong to it. */
export type Publish = RoomPublish<QueryTypes>;

const LABELS: Readonly<Record<QueryStepName, string>> = {
  validating: 'Checking the query',
  similarity: 'Looking for an earlier answer',
  cache_hit: 'Found an earlier answer',
  searching: 'Searching the index',
  scraping: 'Reading pages again that may have changed',
  summarizing: 'Writing the summary',
  done: 'Done',
};

/** Publishes the steps and the end of a query, and stores the state after each event. */
export class QueryReporter {
  constructor(
    private query: StoredQuery,
    private readonly store: QueryStore,
    private readonly publish: Publish,
  ) {}

  /** Begins a step. */
  step(step: QueryStepName, info?: string): Promise<unknown> {
    return this.report({ event: 'query_step', payload: { ...this.line(step), ...(info !== undefined && { info }) } });
  }

  /** Publishes that a step failed, and why. */
  failStep(step: QueryStepName, info: string): Promise<unknown> {
    return this.report({ event: 'query_step', payload: { ...this.line(step), info, failed: true } });
  }

  /** Publishes the result. */
  complete(payload: QueryResult): Promise<unknown> {
    return this.report({ event: 'query_completed', payload });
  }

  /** Publishes why the query failed. */
  fail({ message: reason, help }: Fault): Promise<unknown> {
    return this.report({ event: 'query_failed', payload: { reason, help } });
  }

  private line(step: QueryStepName) {
    return { step, label: LABELS[step], timestamp: new Date().toISOString() };
  }

  private report(event: ContractEvent<QueryTypes>): Promise<unknown> {
    this.query = { ...this.query, state: foldQuery(this.query.state, event) };
    return this.publish(event.event, event.payload, [this.store.put(this.query)]);
  }
}
