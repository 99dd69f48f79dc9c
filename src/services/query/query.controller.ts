import type { IncomingMessage } from 'node:http';
import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { RestCalls } from '@switchyard/server';
import { query, type QueryResult } from '@switchyard/services';
import { QueryWorker } from './query.worker.js';

/** The REST route of queries: its response is the whole result, and the room gets the steps. */
@Controller('query/stream')
export class QueryController {
  constructor(
    private readonly calls: RestCalls,
    private readonly worker: QueryWorker,
  ) {}

  @Post(':ws_id')
  @HttpCode(200)
  async run(
    @Req() request: IncomingMessage,
    @Param('ws_id') ws_id: string,
    @Body() body: object | undefined,
  ): Promise<QueryResult | undefined> {
    await this.calls.make(request, query, 'run_query', { ...body, ws_id });
    return this.worker.result(ws_id);
  }
}
