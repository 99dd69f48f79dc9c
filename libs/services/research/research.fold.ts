import type { ContractEvent } from '@switchyard/contract';
import type { ResearchTypes } from './research.contract.js';
import type { ResearchState } from './research.state.js';

const MAX_ENTRIES = 100;

/** Applies an event to a research. */
export function foldResearch(state: ResearchState, { event, payload }: ContractEvent<ResearchTypes>): ResearchState {
  if (event === 'search_engine_selected') return { ...state, engines: [...state.engines, payload] };
  if (event === 'research_completed') {
    return { ...state, status: 'completed', progress: 100, report: payload.report };
  }
  const { status, progress, message, phase, log_entry, error } = payload;
  return {
    ...state,
    status,
    progress,
    ...(message !== undefined && { message }),
    ...(phase && { phases: [...new Set([...state.phases, phase])] }),
    ...(log_entry && { log: [...state.log, log_entry].slice(-MAX_ENTRIES) }),
    ...(error && { error }),
  };
}
