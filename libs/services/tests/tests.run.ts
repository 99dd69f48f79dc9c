export const TEST_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
export type TestStatus = (typeof TEST_STATUSES)[number];

/** How many tests went which way; the duration is the runner's own, in seconds. */
export interface TestSummary {
  passed: number;
  failed: number;
  skipped: number;
  duration_s: number;
}

/** One line that a test run wrote. */
export interface TestOutput {
  line: string;
  stream: 'stdout' | 'stderr';
  /** ISO 8601 with Z. */
  timestamp: string;
}

export interface TestStatusChange {
  status: TestStatus;
  timestamp: string;
}

/** How a test run ended. */
export interface TestCompleted {
  status: TestStatus;
  /** 128 and the signal's number for a run that a signal ended; null for one that never began. */
  exit_code: number | null;
  summary: TestSummary;
  timestamp: string;
  /** Why a run could not be brought to its own end. */
  error?: string;
}

/** A run as a client sees it that comes in the middle: where it is, and every line so far. */
export interface TestExecution {
  execution_id: string;
  suite: string;
  filter?: string;
  status: TestStatus;
  started_at: string;
  /** When the status last changed. */
  updated_at: string;
  lines: TestOutput[];
  /** How it ended, once it has. */
  result?: TestCompleted;
}

/** Whether a run in this status is over. */
export function isTestOver(status: TestStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
