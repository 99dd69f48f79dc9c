export const RESEARCH_STATUSES = ['pending', 'in_progress', 'completed', 'failed', 'cancelled', 'suspended'] as const;
export type ResearchStatus = (typeof RESEARCH_STATUSES)[number];

export const RESEARCH_PHASES = ['planning', 'searching', 'reading', 'writing'] as const;
export type ResearchPhase = (typeof RESEARCH_PHASES)[number];

/** What can be searched with: the index, each crawled site by itself, the web. */
export const ENGINE_NAMES = ['index', 'sites', 'web'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

export const RESEARCH_ERRORS = ['timeout', 'token_limit', 'connection', 'rate_limit', 'llm_error'] as const;

/** Something that went wrong, in words a person understands. */
export interface ResearchError {
  type: (typeof RESEARCH_ERRORS)[number];
  message: string;
  help: string;
}

export interface ResearchLogEntry {
  message: string;
  type: 'info' | 'warning' | 'error';
  /** ISO 8601 with Z. */
  time: string;
}

/** How far a research is; `progress` is 0 to 100 and never goes back. */
export interface ResearchProgress {
  research_id: string;
  status: ResearchStatus;
  progress: number;
  message?: string;
  phase?: ResearchPhase;
  log_entry?: ResearchLogEntry;
  /** It may go on all the same, with what is left. */
  error?: ResearchError;
}

/** What an engine found. */
export interface EngineResult {
  engine: EngineName;
  result_count: number;
}

/** A page a report is from. */
export interface ResearchSource {
  url: string;
  title: string;
}

/** What came of a research. */
export interface ResearchReport {
  title: string;
  /** Paragraphs of plain text; what stands in fences is code. */
  content: string;
  sources: ResearchSource[];
  engines: EngineResult[];
  duration_s: number;
}

/** A research as a client sees it. */
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

/** Whether a research in this status is over. */
export function isResearchOver(status: ResearchStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
