import type { IncomingMessage } from 'node:http';
import { Body, Controller, Get, Header, Param, Post, Req } from '@nestjs/common';
import { RestCalls } from '@switchyard/server';
import { research } from '@switchyard/services';

/** The REST routes of researches; a page that cannot open a socket polls the status every 3 s. */
@Controller('api/research')
export class ResearchController {
  constructor(private readonly calls: RestCalls) {}

  @Post()
  start(@Req() request: IncomingMessage, @Body() body: unknown) {
    return this.calls.make(request, research, 'start_research', body);
  }

  @Get(':research_id/status')
  @Header('Cache-Control', 'no-store')
  status(@Req() request: IncomingMessage, @Param('research_id') research_id: string) {
    return this.calls.snapshot(request, research, research_id);
  }
}
