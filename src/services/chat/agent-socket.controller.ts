import type { IncomingMessage } from 'node:http';
import { Controller, Get, Header, Req } from '@nestjs/common';
import type { RealtimeConfig } from '@switchyard/contract';
import { ClientConfig } from '@switchyard/server';
import { chat, chatMultiplex } from '@switchyard/services';

/** The client configuration with the keys that old clients of the agent socket read. */
interface AgentSocketConfig extends RealtimeConfig {
  websocket_config: object;
}

/** Serves the configuration of the agent socket, at the address and with the keys that old clients expect. */
@Controller('ws/config')
export class AgentSocketController {
  constructor(private readonly config: ClientConfig) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  async read(@Req() request: IncomingMessage): Promise<AgentSocketConfig> {
    const document = await this.config.of(request);
    const limits = this.config.limits([chat.name]);
    return {
      ...document,
      websocket_config: { version: '1.0', endpoint: chatMultiplex.path, features: document.features, ...limits },
    };
  }
}
