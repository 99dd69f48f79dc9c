import { isCreationOver, projectCreation, projectCreationLegacy, type CreationProgress } from '@switchyard/services';
import { call } from '../restart/busy.service.js';
import type { ServiceRuns } from './service.runs.js';

/** A project that is created. */
export const runs: ServiceRuns = {
  contract: projectCreation,
  legacy: projectCreationLegacy,
  isOver: ({ status }: CreationProgress) => isCreationOver(status),
  start: (server) =>
    Promise.resolve({
      async begin() {
        const request = { title: 'Yard', description: 'Points, signals and a retarder.' };
        return (await call<{ progress_id: string }>(server, projectCreation, 'create_project', request)).progress_id;
      },
    }),
};
