import { Injectable } from '@nestjs/common';
import { RunAborted, type RunAbortReason } from '@switchyard/server';
import type { TestCompleted, TestSummary } from '@switchyard/services';
import { Processes, type ProgramCall, type ProgramExit } from '../../processes/index.js';
import { TestsReporter, type Publish } from './tests.reporter.js';
import { TapSummary } from './tap.summary.js';
import { TestsStore, type StoredExecution } from './tests.store.js';
import { TestsSettings } from './tests.settings.js';

type Result = Omit<TestCompleted, 'timestamp'>;

const NO_TESTS: TestSummary = { passed: 0, failed: 0, skipped: 0, duration_s: 0 };

/** Runs test suites as child processes. */
@Injectable()
export class TestsWorker {
  constructor(
    private readonly settings: TestsSettings,
    private readonly store: TestsStore,
    private readonly processes: Processes,
  ) {}

  /** Runs a command to its end, or until the signal is aborted. */
  async work(execution: StoredExecution, call: ProgramCall, signal: AbortSignal, publish: Publish): Promise<void> {
    const reporter = this.reporter(execution, publish);
    // The run was aborted while it waited in the queue.
    if (signal.aborted) return reporter.end(this.aborted(RunAborted.of(signal)!, null, NO_TESTS));
    reporter.running();
    const tap = new TapSummary();
    const began = performance.now();
    const child = this.processes.start(call, {
      stdout: (line) => {
        tap.read(line);
        reporter.line('stdout', line);
      },
      stderr: (line) => reporter.line('stderr', line),
    });
    signal.addEventListener('abort', () => void child.terminate(), { once: true });
    const exit = await child.exited;
    const summary = tap.summary(performance.now() - began);
    const reason = RunAborted.of(signal);
    await reporter.end(reason ? this.aborted(reason, exitCode(exit), summary) : ended(exit, summary));
  }

  /** Ends a run whose process died. */
  async endOrphan(execution: StoredExecution, publish: Publish): Promise<void> {
    await this.reporter(execution, publish).end(this.aborted('interrupted', null, NO_TESTS));
  }

  private reporter(execution: StoredExecution, publish: Publish): TestsReporter {
    return new TestsReporter(execution, this.store, this.settings, publish);
  }

  private aborted(reason: RunAbortReason, exit_code: number | null, summary: TestSummary): Result {
    if (reason === 'stopped') return { status: 'cancelled', exit_code, summary };
    const limit = `timeout: it took longer than ${this.settings.timeoutMs / 1000} s`;
    const error = reason === 'timeout' ? limit : 'interrupted: the server was stopped';
    return { status: 'failed', exit_code, summary, error };
  }
}

function ended(exit: ProgramExit, summary: TestSummary): Result {
  const exit_code = exitCode(exit);
  if (exit.error === undefined) return { status: exit_code === 0 ? 'completed' : 'failed', exit_code, summary };
  return { status: 'failed', exit_code, summary, error: `unable to start the tests; ${exit.error}` };
}

/** Returns the exit code; null for a program that did not start. */
function exitCode({ code, error }: ProgramExit): number | null {
  return error === undefined ? code : null;
}
