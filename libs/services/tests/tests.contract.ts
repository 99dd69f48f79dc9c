import { defineService } from '@switchyard/contract';
import type { CancelExecution, RunTests } from './tests.dto.js';
import './tests.faults.js';
import type { TestCompleted, TestExecution, TestOutput, TestStatus, TestStatusChange } from './tests.run.js';

/** The payload types of the tests service. */
export interface TestsTypes {
  room: { execution_id: string };
  calls: {
    run_tests: { payload: RunTests; reply: { execution_id: string } };
    cancel_execution: { payload: CancelExecution; reply: { execution_id: string; status: TestStatus } };
  };
  events: { test_output: TestOutput; test_status: TestStatusChange; test_completed: TestCompleted };
  snapshot: TestExecution;
}

/** The contract of the tests service. */
export const tests = defineService<TestsTypes>()({
  name: 'tests',
  kind: 'log',
  room: { prefix: 'execution', key: 'execution_id' },
  join: 'join_execution',
  leave: 'leave_execution',
  snapshot: 'execution_history',
  calls: { run_tests: {}, cancel_execution: { repeatable: true } },
  events: { test_output: {}, test_status: {}, test_completed: { terminal: true } },
});
