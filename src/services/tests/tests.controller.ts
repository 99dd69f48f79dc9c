import type { IncomingMessage } from 'node:http';
import { Body, Controller, Delete, Get, Param, Post, Req, UseGuards } from '@nestjs/common';
import { CallerGuard, RestCalls } from '@switchyard/server';
import { tests } from '@switchyard/services';
import { TestSuites } from './test.suites.js';

/** The REST routes of test runs; each one makes a call of the service. */
@Controller('api/tests')
export class TestsController {
  constructor(
    private readonly calls: RestCalls,
    private readonly suites: TestSuites,
  ) {}

  /** The names of the suites. */
  @Get('suites')
  @UseGuards(CallerGuard)
  list() {
    return { suites: this.suites.names };
  }

  @Post('executions')
  run(@Req() request: IncomingMessage, @Body() body: unknown) {
    return this.calls.make(request, tests, 'run_tests', body);
  }

  @Get('executions/:execution_id')
  get(@Req() request: IncomingMessage, @Param('execution_id') execution_id: string) {
    return this.calls.snapshot(request, tests, execution_id);
  }

  @Delete('executions/:execution_id')
  cancel(@Req() request: IncomingMessage, @Param('execution_id') execution_id: string) {
    return this.calls.make(request, tests, 'cancel_execution', { execution_id });
  }
}
