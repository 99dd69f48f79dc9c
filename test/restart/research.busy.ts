import { isResearchOver, research, type ResearchState } from '@switchyard/services';
import { call, snapshotWhen, type BusyService } from './busy.service.js';

/** Runs researches one by one, and follows the first. */
export const busy: BusyService = {
  contract: research,
  async start(server) {
    const begin = async () => {
      const payload = { query: 'How is a wagon slowed?', engines: ['index'] };
      return (await call<{ research_id: string }>(server, research, 'start_research', payload)).research_id;
    };
    const ids = [await begin()];
    const settled = (id: string) =>
      snapshotWhen<ResearchState>(server, research, id, ({ status }) => isResearchOver(status));
    return {
      key: ids[0]!,
      isShort: true,
      async act() {
        ids.push(await begin());
        await settled(ids.at(-1)!);
      },
      async check() {
        for (const id of ids) await settled(id);
      },
    };
  },
};
