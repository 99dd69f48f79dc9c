import { Module } from '@nestjs/common';
import type { AdminToken } from '../../config/admin-token.js';
import { ADMIN_TOKEN } from '../../config/configuration.module.js';
import { Environment } from '../../config/environment.js';
import { CorpusModule } from '../../corpus/index.js';
import { ProcessesModule } from '../../processes/index.js';
import { IndexRequests } from './index.requests.js';
import { McpLogsController } from './mcp-logs.controller.js';
import { McpLogsGateway } from './mcp-logs.gateway.js';
import { McpSettings } from './mcp.settings.js';
import { McpLogsStore } from './mcp-logs.store.js';

/** The mcp-logs service, with its MCP server. */
@Module({
  imports: [CorpusModule, ProcessesModule],
  controllers: [McpLogsController],
  providers: [
    McpLogsGateway,
    McpLogsStore,
    IndexRequests,
    {
      provide: McpSettings,
      // This application may have made the admin token itself.
      inject: [Environment, ADMIN_TOKEN],
      useFactory: ({ JWT_SECRET, MODEL_KEY, REDIS_URL }: Environment, admin: AdminToken | undefined) =>
        new McpSettings({
          secrets: [admin?.token, JWT_SECRET, MODEL_KEY, REDIS_URL].filter((one) => one !== undefined),
        }),
    },
  ],
})
export class McpLogsModule {}
