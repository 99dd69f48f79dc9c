import {
  BaseRunService,
  Call,
  RunLeases,
  Runs,
  ServiceGateway,
  isOpenTo,
  ownerOf,
  type Caller,
  legacy,
} from '@switchyard/server';
import { isTestOver, tests, testsLegacy, type TestExecution } from '@switchyard/services';
import { CancelExecution, RunTests } from '@switchyard/services/tests/tests.dto';
import PQueue from 'p-queue';
import { TestExecutions, type StoredExecution } from './test.executions.js';
import { TestRuns } from './test.runs.js';
import { TestSuites } from './test.suites.js';
import { TestsSettings } from './tests.settings.js';

/** Test runs as seen from outside: started and cancelled by calls, followed line by line in one room each. */
@ServiceGateway(tests, { wires: [legacy(testsLegacy)] })
export class TestsGateway extends BaseRunService<typeof tests, StoredExecution> {
  constructor(
    leases: RunLeases,
    settings: TestsSettings,
    private readonly suites: TestSuites,
    private readonly executions: TestExecutions,
    private readonly programs: TestRuns,
  ) {
    const queue = new PQueue({ concurrency: settings.maxRuns });
    super(new Runs(leases, tests.name, { queue, limitMs: () => settings.timeoutMs }));
  }

  override snapshot(executionId: string): Promise<TestExecution | undefined> {
    return this.executions.history(executionId);
  }

  override async authorize(caller: Caller, executionId: string): Promise<boolean> {
    return isOpenTo(caller, (await this.executions.get(executionId))?.owner);
  }

  @Call('run_tests')
  async runTests(request: RunTests, caller: Caller) {
    const call = this.suites.call(request.suite, request.filter);
    const execution = this.executions.draft(request, ownerOf(caller));
    const { execution_id } = execution;
    await this.runs.begin(
      execution_id,
      (signal) => this.programs.run(execution, call, signal, this.emitTo(execution_id)),
      () => this.executions.keep(execution),
    );
    return { execution_id };
  }

  @Call('cancel_execution', { at: 'run' })
  async cancelExecution({ execution_id }: CancelExecution) {
    await this.runs.cut(execution_id, 'stopped');
    const { status } = this.known(await this.executions.get(execution_id));
    return { execution_id, status };
  }

  protected override unfinished(): Promise<string[]> {
    return this.executions.unfinished();
  }

  protected override async unfinishedRun(executionId: string): Promise<StoredExecution | undefined> {
    const execution = await this.executions.get(executionId);
    return execution && !isTestOver(execution.status) ? execution : undefined;
  }

  protected override async endOrphan(execution: StoredExecution): Promise<void> {
    await this.programs.bury(execution, this.emitTo(execution.execution_id));
  }
}
