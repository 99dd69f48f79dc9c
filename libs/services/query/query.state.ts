/** The steps of a query in order; `cache_hit` goes straight to `done`. */
export const QUERY_STEPS = [
  'validating',
  'similarity',
  'cache_hit',
  'searching',
  'scraping',
  'summarizing',
  'done',
] as const;
export type QueryStepName = (typeof QUERY_STEPS)[number];

/** A step that was begun or, with `failed`, that could not be finished. */
export interface QueryStep {
  step: QueryStepName;
  /** For people. */
  label: string;
  info?: string;
  failed?: boolean;
  /** ISO 8601 with Z. */
  timestamp: string;
}

/** A page an answer is from. */
export interface QuerySource {
  url: string;
  title: string;
}

/** The answer to a query. */
export interface QueryResult {
  /** Whether it was given before, to a query much like this one. */
  from_cache: boolean;
  summary: string;
  /** How many pages were found. */
  urls_found: number;
  processing_time_s: number;
  /** The pages the summary is from. */
  sources: QuerySource[];
}

/** Why there is no answer, and what can be done. */
export interface QueryFailure {
  reason: string;
  help: string;
}

/** A query room: the query that runs there or ran there last. */
export interface QueryState {
  ws_id: string;
  status: 'idle' | 'running' | 'completed' | 'failed';
  steps: QueryStep[];
  result?: QueryResult;
  failure?: QueryFailure;
}

/** A room in which nothing was asked yet. */
export function emptyQuery(ws_id: string): QueryState {
  return { ws_id, status: 'idle', steps: [] };
}
