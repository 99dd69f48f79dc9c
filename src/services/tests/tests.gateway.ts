import type { OnApplicationBootstrap } from '@nestjs/common';
import { BaseRoomService, Call, ServiceGateway, isOpenTo, ownerOf, type Caller } from '@switchyard/server';
import { tests, testsLegacy, type TestExecution } from '@switchyard/services';
import { CancelExecution, RunTests } from '@switchyard/services/tests/tests.dto';
import type { Emit } from './run.report.js';
import { TestExecutions } from './test.executions.js';
import { TestRuns } from './test.runs.js';
import { TestSuites } from './test.suites.js';

/** Test runs as seen from outside: started and cancelled by calls, followed line by line in one room each. */
@ServiceGateway(tests, { legacy: [testsLegacy] })
export class TestsGateway extends BaseRoomService<typeof tests> implements OnApplicationBootstrap {
  constructor(
    private readonly suites: TestSuites,
    private readonly executions: TestExecutions,
    private readonly runs: TestRuns,
  ) {
    super();
  }

  /** Ends the runs that an earlier process left unfinished. */
  async onApplicationBootstrap(): Promise<void> {
    for (const execution of await this.executions.unfinished()) {
      await this.runs.bury(execution, this.emitTo(execution.execution_id));
    }
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
    const execution = await this.executions.create(request, ownerOf(caller));
    const { execution_id } = execution;
    this.runs.start(execution, call, this.emitTo(execution_id));
    return { execution_id };
  }

  @Call('cancel_execution')
  async cancelExecution({ execution_id }: CancelExecution) {
    const { status } = this.known(await this.executions.get(execution_id));
    return { execution_id, status: (await this.runs.cancel(execution_id)) ?? status };
  }

  private emitTo(execution_id: string): Emit {
    return (event, payload, writes) => this.publish(execution_id, event, payload, writes);
  }
}
