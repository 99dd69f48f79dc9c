import type { IncomingMessage } from 'node:http';
import { Body, Controller, Delete, Param, Post, Req } from '@nestjs/common';
import { RestCalls } from '@switchyard/server';
import { crawl } from '@switchyard/services';

/** Crawls over REST, through the same door as every call. */
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
