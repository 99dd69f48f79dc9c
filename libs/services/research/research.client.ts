import { ServiceClient, type Realtime } from '@switchyard/client';
import type { Observable } from 'rxjs';
import { research, type ResearchTypes } from './research.contract.js';
import type { StartResearch } from './research.dto.js';
import { foldResearch } from './research.fold.js';
import { researchLegacy } from './research.legacy.js';
import { isResearchOver, type ResearchState } from './research.state.js';

/** Starts researches and follows them. */
export class ResearchService extends ServiceClient<ResearchTypes> {
  constructor(realtime: Realtime) {
    super(realtime, research, { root: researchLegacy, isOver: ({ status }) => isResearchOver(status) });
  }

  /** Observes a research: its current state, then each change; completes with it, fails with a `Fault`. */
  follow(id: string): Observable<ResearchState> {
    return this.room(id).fold(foldResearch);
  }

  /** Starts a research and returns its id. */
  async start(request: StartResearch): Promise<string> {
    return (await this.call('start_research', request)).research_id;
  }

  /** Stops a research; false when it is already over. */
  async stop(id: string): Promise<boolean> {
    return (await this.call('stop_research', { research_id: id })).stopping;
  }
}
