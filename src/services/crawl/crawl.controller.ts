import type { IncomingMessage } from 'node:http';
import { Body, Controller, Delete, Param, Post, Req } from '@nestjs/common';
import { RestCalls } from '@switchyard/server';
import { crawl } from '@switchyard/services';

/** The REST routes of crawls; each one makes a call of the service. */
@Controller('api/crawls')
export class CrawlController {
  constructor(private readonly calls: RestCalls) {}

  @Post()
  start(@Req() request: IncomingMessage, @Body() body: unknown) {
    return this.calls.make(request, crawl, 'start_crawl', body);
  }

  @Delete(':progress_id')
  stop(@Req() request: IncomingMessage, @Param('progress_id') progress_id: string) {
    return this.calls.make(request, crawl, 'stop_crawl', { progress_id });
  }
}
