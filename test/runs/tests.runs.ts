import { join } from 'node:path';
import { isTestOver, tests, testsLegacy, type TestExecution } from '@switchyard/services';
import { call } from '../restart/busy.service.js';
import type { ServiceRuns } from './service.runs.js';

/** A program that prints one line. */
export const runs: ServiceRuns = {
  contract: tests,
  legacy: testsLegacy,
  environment: { TEST_SUITES_FILE: join(__dirname, 'quick.suites.json') },
  isOver: ({ status }: TestExecution) => isTestOver(status),
  start: (server) =>
    Promise.resolve({
      begin: async () =>
        (await call<{ execution_id: string }>(server, tests, 'run_tests', { suite: 'quick' })).execution_id,
    }),
};
