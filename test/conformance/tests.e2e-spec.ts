import type { JoinReply } from '@switchyard/contract';
import { tests, testsLegacy, type TestExecution } from '@switchyard/services';
import { startApp } from '../harness/app.js';
import { HELD_SUITES, startHeldSuite } from '../suites/held.suite.js';
import { CANARY, serviceConformance } from './service.conformance.js';
import { until } from '../harness/until.js';

serviceConformance({
  contract: tests,
  codec: testsLegacy,
  unknown: 'nobody-knows-this-execution',
  badCall: { call: 'run_tests', payload: { suite: 'held', filter: `$(${CANARY})` } },
  async start(settings) {
    const suite = await startHeldSuite();
    const app = await startApp({ ...settings, TEST_SUITES_FILE: HELD_SUITES });
    const programs = new Map<string, ReturnType<typeof suite.next>>();

    const poll = async (key: string): Promise<JoinReply<TestExecution>> =>
      (await (await fetch(`${app.url}/realtime/rooms/tests/${key}`)).json()) as JoinReply<TestExecution>;
    const untilReached = (key: string, reached: (reply: JoinReply<TestExecution>) => boolean) =>
      until('the run further on', async () => reached(await poll(key)));
    const finish = async (key: string) => {
      await programs.get(key)!.end();
      await untilReached(key, ({ snapshot }) => snapshot!.result !== undefined);
    };

    return {
      url: app.url,
      async room() {
        // Few programs run at once, so the program of the last test must end first.
        const earlier = [...programs.keys()].at(-1);
        if (earlier) await finish(earlier);
        const program = suite.next();
        const response = await fetch(`${app.url}/api/tests/executions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ suite: 'held', filter: program.filter }),
        });
        const { execution_id } = (await response.json()) as { execution_id: string };
        programs.set(execution_id, program);
        await program.running;
        return execution_id;
      },
      async act(key) {
        const { offset } = await poll(key);
        await programs.get(key)!.say(`line after ${offset}`);
        await untilReached(key, (reply) => reply.offset > offset);
      },
      finish,
      async close() {
        await app.close();
        suite.close();
      },
    };
  },
});
