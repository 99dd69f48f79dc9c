/** The steps of a query in order; `cache_hit` skips to `done`. */
export const QUERY_STEPS = [
  'validating',
  'similarity',
  'cache_hit',
  'searching',
  'scraping',
  'summarizing',
  'done',
] as const;
/** The name of a query's step. */
export type QueryStepName = (typeof QUERY_STEPS)[number];

/** A started step, or with `failed`, a failed one. */
export interface QueryStep {
  step: QueryStepName;
  /** The text for users. */
  label: string;
  info?: string;
  failed?: boolean;
  /** ISO 8601 with Z. */
  timestamp: string;
}

/** A page that an answer cites. */
export interface QuerySource {
  url: string;
  title: string;
}

/** The answer to a query. */
export interface QueryResult {
  /** Whether the answer to a similar query was reused. */
  from_cache: boolean;
  summary: string;
  /** The number of found pages. */
  urls_found: number;
  processing_time_s: number;
  /** The pages that the summary cites. */
  sources: QuerySource[];
}

/** Why a query failed, and what to do. */
export interface QueryFailure {
  reason: string;
  help: string;
}

/** The snapshot of a query room: its current or last query. */
export interface QueryState {
  ws_id: string;
  status: 'idle' | 'running' | 'completed' | 'failed';
  steps: QueryStep[];
  result?: QueryResult;
  failure?: QueryFailure;
}

/** Creates the snapshot of an unused room. */
export function emptyQuery(ws_id: string): QueryState {
  return { ws_id, status: 'idle', steps: [] };
}
