import { Injectable } from '@nestjs/common';
import { RunAborted, type RunAbortReason } from '@switchyard/server';
import type { TestCompleted, TestSummary } from '@switchyard/services';
import { Processes, type ProgramCall, type ProgramExit } from '../../processes/index.js';
import { RunReport, type Emit } from './run.report.js';
import { TapSummary } from './tap.summary.js';
import { TestExecutions, type StoredExecution } from './test.executions.js';
import { TestsSettings } from './tests.settings.js';

type Ended = Omit<TestCompleted, 'timestamp'>;

const NOTHING: TestSummary = { passed: 0, failed: 0, skipped: 0, duration_s: 0 };

/** Runs tests as child processes. */
@Injectable()
export class TestRuns {
  constructor(
    private readonly settings: TestsSettings,
    private readonly executions: TestExecutions,
    private readonly processes: Processes,
  ) {}

  /** Runs a command to its end, or until the signal is aborted; what happens goes to `emit`. */
  async run(execution: StoredExecution, call: ProgramCall, signal: AbortSignal, emit: Emit): Promise<void> {
    const report = this.report(execution, emit);
    // It was ended while it waited its turn.
    if (signal.aborted) return report.end(this.cutShort(RunAborted.of(signal)!, null, NOTHING));
    report.running();
    const tap = new TapSummary();
    const began = performance.now();
    const child = this.processes.start(call, {
      stdout: (line) => {
        tap.read(line);
        report.line('stdout', line);
      },
      stderr: (line) => report.line('stderr', line),
    });
    signal.addEventListener('abort', () => void child.terminate(), { once: true });
    const exit = await child.exited;
    const summary = tap.summary(performance.now() - began);
    const cut = RunAborted.of(signal);
    await report.end(cut ? this.cutShort(cut, exitCode(exit), summary) : ended(exit, summary));
  }

  /** Ends a run that died with its process. */
  async bury(execution: StoredExecution, emit: Emit): Promise<void> {
    await this.report(execution, emit).end(this.cutShort('interrupted', null, NOTHING));
  }

  private report(execution: StoredExecution, emit: Emit): RunReport {
    return new RunReport(execution, this.executions, this.settings, emit);
  }

  private cutShort(cut: RunAbortReason, exit_code: number | null, summary: TestSummary): Ended {
    if (cut === 'stopped') return { status: 'cancelled', exit_code, summary };
    const limit = `timeout: it took longer than ${this.settings.timeoutMs / 1000} s`;
    const error = cut === 'timeout' ? limit : 'interrupted: the server was stopped';
    return { status: 'failed', exit_code, summary, error };
  }
}

function ended(exit: ProgramExit, summary: TestSummary): Ended {
  const exit_code = exitCode(exit);
  if (exit.error === undefined) return { status: exit_code === 0 ? 'completed' : 'failed', exit_code, summary };
  return { status: 'failed', exit_code, summary, error: `unable to start the tests; ${exit.error}` };
}

/** None for a program that never began. */
function exitCode({ code, error }: ProgramExit): number | null {
  return error === undefined ? code : null;
}
