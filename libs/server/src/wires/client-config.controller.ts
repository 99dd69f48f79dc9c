import type { IncomingMessage } from 'node:http';
import { Controller, Get, Header, Req } from '@nestjs/common';
import type { RealtimeConfig } from '@switchyard/contract';
import { ClientConfig } from './client.config.js';

/** Serves the document that clients read before they connect. */
@Controller('realtime/config')
export class ClientConfigController {
  constructor(private readonly config: ClientConfig) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  read(@Req() request: IncomingMessage): Promise<RealtimeConfig> {
    return this.config.of(request);
  }
}
