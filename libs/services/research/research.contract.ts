import { defineService } from '@switchyard/contract';
import type { StartResearch, StopResearch } from './research.dto.js';
import './research.faults.js';
import {
  isResearchOver,
  type EngineResult,
  type ResearchProgress,
  type ResearchReport,
  type ResearchState,
} from './research.state.js';

/** The payload types of the research service. */
export interface ResearchTypes {
  room: { research_id: string };
  calls: {
    start_research: { payload: StartResearch; reply: { research_id: string } };
    stop_research: { payload: StopResearch; reply: { research_id: string; stopping: boolean } };
  };
  events: {
    research_progress: ResearchProgress;
    search_engine_selected: EngineResult;
    research_completed: { report: ResearchReport };
  };
  snapshot: ResearchState;
}

/** The contract of the research service. */
export const research = defineService<ResearchTypes>()({
  name: 'research',
  kind: 'log',
  room: { prefix: 'research', key: 'research_id' },
  join: 'subscribe_to_research',
  leave: 'unsubscribe_from_research',
  snapshot: 'research_state',
  calls: { start_research: {}, stop_research: { repeatable: true } },
  events: {
    research_progress: { terminal: ({ status }) => isResearchOver(status) },
    search_engine_selected: {},
    research_completed: { terminal: true },
  },
});
