/** The statuses of a research. */
export const RESEARCH_STATUSES = ['pending', 'in_progress', 'completed', 'failed', 'cancelled', 'suspended'] as const;
/** The status of a research. */
export type ResearchStatus = (typeof RESEARCH_STATUSES)[number];

/** The phases of a research. */
export const RESEARCH_PHASES = ['planning', 'searching', 'reading', 'writing'] as const;
/** A phase of a research. */
export type ResearchPhase = (typeof RESEARCH_PHASES)[number];

/** The search engines: the index, each crawled site, the web. */
export const ENGINE_NAMES = ['index', 'sites', 'web'] as const;
/** The name of a search engine. */
export type EngineName = (typeof ENGINE_NAMES)[number];

/** The error types of a research. */
export const RESEARCH_ERRORS = ['timeout', 'token_limit', 'connection', 'rate_limit', 'llm_error'] as const;

/** An error with texts for users. */
export interface ResearchError {
  type: (typeof RESEARCH_ERRORS)[number];
  message: string;
  help: string;
}

/** A log entry of a research. */
export interface ResearchLogEntry {
  message: string;
  type: 'info' | 'warning' | 'error';
  /** ISO 8601 with Z. */
  time: string;
}

/** A progress update of a research; `progress` is 0 to 100 and never falls. */
export interface ResearchProgress {
  research_id: string;
  status: ResearchStatus;
  progress: number;
  message?: string;
  phase?: ResearchPhase;
  log_entry?: ResearchLogEntry;
  /** The research may still continue with the other engines. */
  error?: ResearchError;
}

/** The number of results of an engine. */
export interface EngineResult {
  engine: EngineName;
  result_count: number;
}

/** A page that a report cites. */
export interface ResearchSource {
  url: string;
  title: string;
}

/** The report of a research. */
export interface ResearchReport {
  title: string;
  /** Paragraphs of plain text, with code in fences. */
  content: string;
  sources: ResearchSource[];
  engines: EngineResult[];
  duration_s: number;
}

/** The snapshot of a research. */
export interface ResearchState {
  research_id: string;
  query: string;
  status: ResearchStatus;
  progress: number;
  message?: string;
  /** Every phase so far, in order. */
  phases: ResearchPhase[];
  engines: EngineResult[];
  /** The last 100 entries. */
  log: ResearchLogEntry[];
  error?: ResearchError;
  report?: ResearchReport;
}

/** Tells whether a status is final. */
export function isResearchOver(status: ResearchStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
