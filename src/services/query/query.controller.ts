import type { IncomingMessage } from 'node:http';
import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { RestCalls } from '@switchyard/server';
import { query, type QueryResult } from '@switchyard/services';
import { QueryRuns } from './query.runs.js';

/** Queries over REST: the answer to the request is the whole result, its steps are told in the room. */
@Controller('query/stream')
export class QueryController {
  constructor(
    private readonly calls: RestCalls,
    private readonly runs: QueryRuns,
  ) {}

  @Post(':ws_id')
  @HttpCode(200)
  async run(
    @Req() request: IncomingMessage,
    @Param('ws_id') ws_id: string,
    @Body() body: object | undefined,
  ): Promise<QueryResult | undefined> {
    await this.calls.make(request, query, 'run_query', { ...body, ws_id });
    return this.runs.result(ws_id);
  }
}
