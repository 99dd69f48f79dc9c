import {
  BaseRunService,
  Call,
  RunLeases,
  Runs,
  ServiceGateway,
  ownerOf,
  type Caller,
  legacy,
} from '@switchyard/server';
import { tests, testsLegacy, type TestExecution } from '@switchyard/services';
import { CancelExecution, RunTests } from '@switchyard/services/tests/tests.dto';
import PQueue from 'p-queue';
import { TestSuites } from './test.suites.js';
import { TestsSettings } from './tests.settings.js';
import { TestsStore, type StoredExecution } from './tests.store.js';
import { TestsWorker } from './tests.worker.js';

/** The tests service: each room follows one run of a test suite, line by line. */
@ServiceGateway(tests, { wires: [legacy(testsLegacy)] })
export class TestsGateway extends BaseRunService<typeof tests, StoredExecution> {
  constructor(
    leases: RunLeases,
    settings: TestsSettings,
    private readonly suites: TestSuites,
    protected override readonly store: TestsStore,
    private readonly worker: TestsWorker,
  ) {
    const queue = new PQueue({ concurrency: settings.maxRuns });
    super(new Runs(leases, tests.name, { queue, limitMs: () => settings.timeoutMs }), store);
  }

  override snapshot(executionId: string): Promise<TestExecution | undefined> {
    return this.store.history(executionId);
  }

  @Call('run_tests')
  async runTests(request: RunTests, caller: Caller) {
    const call = this.suites.call(request.suite, request.filter);
    const execution = this.store.draft(request, ownerOf(caller));
    const { execution_id } = execution;
    await this.runs.begin(
      execution_id,
      (signal) => this.worker.work(execution, call, signal, this.publisherOf(execution_id)),
      () => this.store.add(execution),
    );
    return { execution_id };
  }

  @Call('cancel_execution', { at: 'run' })
  async cancelExecution({ execution_id }: CancelExecution) {
    await this.runs.abort(execution_id, 'stopped');
    const { status } = this.known(await this.store.get(execution_id));
    return { execution_id, status };
  }

  protected override async endOrphan(execution: StoredExecution): Promise<void> {
    await this.worker.endOrphan(execution, this.publisherOf(execution.execution_id));
  }
}
