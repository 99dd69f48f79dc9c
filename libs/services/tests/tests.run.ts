/** The statuses of a test run. */
export const TEST_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
/** The status of a test run. */
export type TestStatus = (typeof TEST_STATUSES)[number];

/** The counts of a run's tests, and the runner's duration in seconds. */
export interface TestSummary {
  passed: number;
  failed: number;
  skipped: number;
  duration_s: number;
}

/** An output line of a test run. */
export interface TestOutput {
  line: string;
  stream: 'stdout' | 'stderr';
  /** ISO 8601 with Z. */
  timestamp: string;
}

/** A status change of a test run. */
export interface TestStatusChange {
  status: TestStatus;
  timestamp: string;
}

/** The result of a test run. */
export interface TestCompleted {
  status: TestStatus;
  /** 128 plus the signal's number after a signal; null if the run did not start. */
  exit_code: number | null;
  summary: TestSummary;
  timestamp: string;
  /** Why the run ended early. */
  error?: string;
}

/** The snapshot of a test run with all lines so far. */
export interface TestExecution {
  execution_id: string;
  suite: string;
  filter?: string;
  status: TestStatus;
  started_at: string;
  /** The time of the last status change. */
  updated_at: string;
  lines: TestOutput[];
  /** The result, once the run is over. */
  result?: TestCompleted;
}

/** Tells whether a status is final. */
export function isTestOver(status: TestStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
