import { ServiceClient, type Realtime } from '@switchyard/client';
import type { Observable } from 'rxjs';
import { tests, type TestsTypes } from './tests.contract.js';
import type { RunTests } from './tests.dto.js';
import { testsLegacy } from './tests.legacy.js';
import { foldExecution } from './tests.fold.js';
import { isTestOver, type TestExecution, type TestStatus } from './tests.run.js';

/** Runs tests on the server and follows them line by line. */
export class TestRunService extends ServiceClient<TestsTypes> {
  constructor(realtime: Realtime) {
    super(realtime, tests, { legacy: testsLegacy, isOver: ({ status }) => isTestOver(status) });
  }

  /** Observes a run with all lines so far; completes with the run, fails with a `Fault`. */
  execution(id: string): Observable<TestExecution> {
    return this.room(id).fold(foldExecution);
  }

  /** Starts a run and returns its id. */
  async run(request: RunTests): Promise<string> {
    return (await this.call('run_tests', request)).execution_id;
  }

  /** Cancels a run and returns its final status. */
  async cancel(id: string): Promise<TestStatus> {
    return (await this.call('cancel_execution', { execution_id: id })).status;
  }
}
