import { isTestOver, tests, type TestExecution } from '@switchyard/services';
import { call, snapshotWhen, type BusyService } from './busy.service.js';

/** Runs suites one by one, and follows the first run. */
export const busy: BusyService = {
  contract: tests,
  async start(server) {
    const run = async () => {
      const payload = { suite: 'failing-sample' };
      return (await call<{ execution_id: string }>(server, tests, 'run_tests', payload)).execution_id;
    };
    const ids = [await run()];
    const settled = (id: string) => snapshotWhen<TestExecution>(server, tests, id, ({ status }) => isTestOver(status));
    return {
      key: ids[0]!,
      isShort: true,
      async act() {
        ids.push(await run());
        await settled(ids.at(-1)!);
      },
      async check() {
        for (const id of ids) await settled(id);
      },
    };
  },
};
