import { Module } from '@nestjs/common';
import { Environment } from '../../config/environment.js';
import { CorpusModule } from '../../corpus/index.js';
import { ProcessesModule } from '../../processes/index.js';
import { IndexRequests } from './index.requests.js';
import { McpLogsController } from './mcp-logs.controller.js';
import { McpLogsGateway } from './mcp-logs.gateway.js';
import { McpSettings } from './mcp.settings.js';
import { ServerRecords } from './server.records.js';

/** The MCP server and its log. */
@Module({
  imports: [CorpusModule, ProcessesModule],
  controllers: [McpLogsController],
  providers: [
    McpLogsGateway,
    ServerRecords,
    IndexRequests,
    {
      provide: McpSettings,
      inject: [Environment],
      useFactory: ({ ADMIN_TOKEN, JWT_SECRET, MODEL_KEY, REDIS_URL }: Environment) =>
        new McpSettings({
          secrets: [ADMIN_TOKEN, JWT_SECRET, MODEL_KEY, REDIS_URL].filter((one) => one !== undefined),
        }),
    },
  ],
})
export class McpLogsModule {}
