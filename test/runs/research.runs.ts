import { isResearchOver, research, researchLegacy, type ResearchState } from '@switchyard/services';
import { call } from '../restart/busy.service.js';
import { uploadText, type ServiceRuns } from './service.runs.js';

/** A research that searches the index. */
export const runs: ServiceRuns = {
  contract: research,
  root: researchLegacy,
  isOver: ({ status }: ResearchState) => isResearchOver(status),
  async start(server) {
    await uploadText(server);
    return {
      async begin() {
        const request = { query: 'How does a retarder slow a wagon?', engines: ['index'] };
        return (await call<{ research_id: string }>(server, research, 'start_research', request)).research_id;
      },
    };
  },
};
