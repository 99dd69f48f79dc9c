import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { TestCompleted, TestStatus, TestSummary } from '@switchyard/services';
import PQueue from 'p-queue';
import { Processes, type ProgramCall, type ProgramExit, type SupervisedProcess } from '../../processes/index.js';
import { RunReport, type Emit } from './run.report.js';
import { TapSummary } from './tap.summary.js';
import { TestExecutions, type StoredExecution } from './test.executions.js';
import { TestsSettings } from './tests.settings.js';

/** Why a run was ended before its end. */
type Cut = 'cancelled' | 'interrupted' | 'timeout';

interface Run {
  report: RunReport;
  ended: Promise<void>;
  process?: SupervisedProcess;
  cut?: Cut;
}

const NOTHING: TestSummary = { passed: 0, failed: 0, skipped: 0, duration_s: 0 };
const INTERRUPTED = 'interrupted: the server was stopped';

/** The test runs of this process: child processes, a few at a time. */
@Injectable()
export class TestRuns implements OnModuleDestroy {
  private readonly logger = new Logger(TestRuns.name);
  private readonly runs = new Map<string, Run>();
  private readonly queue: PQueue;

  constructor(
    private readonly settings: TestsSettings,
    private readonly executions: TestExecutions,
    private readonly processes: Processes,
  ) {
    this.queue = new PQueue({ concurrency: settings.maxRuns });
  }

  /** Runs a command in the background; what happens goes to `emit`. */
  start(execution: StoredExecution, call: ProgramCall, emit: Emit): void {
    const report = new RunReport(execution, this.executions, this.settings, emit);
    const run: Run = { report, ended: Promise.resolve() };
    this.runs.set(execution.execution_id, run);
    run.ended = this.queue
      .add(() => this.run(run, call))
      .catch((error: unknown) => this.logger.error(error))
      .finally(() => this.runs.delete(execution.execution_id));
  }

  /** Ends a run of this process and returns how it ended; undefined when none of this id is going on. */
  async cancel(execution_id: string): Promise<TestStatus | undefined> {
    const run = this.runs.get(execution_id);
    if (!run) return undefined;
    await this.end(run, 'cancelled');
    return run.report.status;
  }

  /** Ends a run that died with an earlier process. */
  async bury(execution: StoredExecution, emit: Emit): Promise<void> {
    const report = new RunReport(execution, this.executions, this.settings, emit);
    await report.end({ status: 'failed', exit_code: null, summary: NOTHING, error: INTERRUPTED });
  }

  async onModuleDestroy(): Promise<void> {
    // A store that is away keeps nobody from ending; the next process says of the run what this one could not.
    await Promise.allSettled([...this.runs.values()].map((run) => this.end(run, 'interrupted')));
  }

  /** Ends a run early; one that waits its turn never begins. */
  private async end(run: Run, cut: Cut): Promise<void> {
    run.cut ??= cut;
    if (run.process) {
      await run.process.terminate();
      await run.ended;
    } else if (!run.report.isOver) {
      await run.report.end(this.result(run, { code: null }, NOTHING));
    }
  }

  private async run(run: Run, call: ProgramCall): Promise<void> {
    const { report } = run;
    if (report.isOver) return;
    report.running();
    const tap = new TapSummary();
    const began = performance.now();
    run.process = this.processes.start(call, {
      stdout: (line) => {
        tap.read(line);
        report.line('stdout', line);
      },
      stderr: (line) => report.line('stderr', line),
    });
    const timer = setTimeout(() => void this.end(run, 'timeout'), this.settings.timeoutMs);
    const exit = await run.process.exited;
    clearTimeout(timer);
    await report.end(this.result(run, exit, tap.summary(performance.now() - began)));
  }

  private result(
    { cut }: Run,
    { code, error }: Omit<ProgramExit, 'code'> & { code: number | null },
    summary: TestSummary,
  ): Omit<TestCompleted, 'timestamp'> {
    const ended = { exit_code: error === undefined ? code : null, summary };
    if (cut === 'cancelled') return { status: 'cancelled', ...ended };
    const reason = this.reason(cut, error);
    if (reason !== undefined) return { status: 'failed', ...ended, error: reason };
    return { status: code === 0 ? 'completed' : 'failed', ...ended };
  }

  private reason(cut: Cut | undefined, error: string | undefined): string | undefined {
    if (cut === 'interrupted') return INTERRUPTED;
    if (cut === 'timeout') return `timeout: it took longer than ${this.settings.timeoutMs / 1000} s`;
    return error && `unable to start the tests; ${error}`;
  }
}
