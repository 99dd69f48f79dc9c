import type { ContractEvent } from '@switchyard/contract';
import type { TestsTypes } from './tests.contract.js';
import type { TestExecution } from './tests.run.js';

/** Applies an event to a run. */
export function foldExecution(execution: TestExecution, { event, payload }: ContractEvent<TestsTypes>): TestExecution {
  if (event === 'test_output') return { ...execution, lines: [...execution.lines, payload] };
  const { status, timestamp: updated_at } = payload;
  return { ...execution, status, updated_at, ...(event === 'test_completed' && { result: payload }) };
}
