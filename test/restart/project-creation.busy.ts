import { isCreationOver, projectCreation, type CreationProgress } from '@switchyard/services';
import { call, snapshotWhen, type BusyService } from './busy.service.js';

/** Creates projects one by one, and follows the first creation. */
export const busy: BusyService = {
  contract: projectCreation,
  async start(server) {
    const create = async () => {
      const payload = { title: 'Yard', description: 'Points, signals and a retarder.' };
      return (await call<{ progress_id: string }>(server, projectCreation, 'create_project', payload)).progress_id;
    };
    const ids = [await create()];
    const settled = (id: string) =>
      snapshotWhen<CreationProgress>(server, projectCreation, id, ({ status }) => isCreationOver(status));
    return {
      key: ids[0]!,
      isShort: true,
      async act() {
        ids.push(await create());
        await settled(ids.at(-1)!);
      },
      async check() {
        for (const id of ids) await settled(id);
      },
    };
  },
};
