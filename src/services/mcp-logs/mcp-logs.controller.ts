import type { IncomingMessage } from 'node:http';
import { Body, Controller, Delete, Get, Param, Post, Query, Req } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { RestCalls } from '@switchyard/server';
import { DEFAULT_SERVER, mcpLogs } from '@switchyard/services';

/** The REST routes of the MCP server; each one makes a call of the service. */
@Controller('api/mcp')
export class McpLogsController {
  constructor(private readonly calls: RestCalls) {}

  /** Responds with the last `limit` lines of the log (default 100), oldest first. */
  @Get('logs')
  async logs(@Req() request: IncomingMessage, @Query('limit') limit?: string) {
    const { entries } = await this.calls.snapshot(request, mcpLogs, DEFAULT_SERVER);
    return { logs: entries.slice(-numberOfLines(limit)) };
  }

  @Delete('logs')
  clear(@Req() request: IncomingMessage) {
    return this.calls.make(request, mcpLogs, 'clear_logs', {});
  }

  @Get('status')
  async status(@Req() request: IncomingMessage) {
    return (await this.calls.snapshot(request, mcpLogs, DEFAULT_SERVER)).server_status;
  }

  @Post('start')
  start(@Req() request: IncomingMessage) {
    return this.calls.make(request, mcpLogs, 'start_server', {});
  }

  @Post('stop')
  stop(@Req() request: IncomingMessage) {
    return this.calls.make(request, mcpLogs, 'stop_server', {});
  }

  @Post('tools/:tool')
  callTool(@Req() request: IncomingMessage, @Param('tool') tool: string, @Body() body: unknown) {
    return this.calls.make(request, mcpLogs, 'call_tool', { tool, arguments: body });
  }
}

/** Parses the number of lines. @throws Fault `input.invalid` */
function numberOfLines(limit = '100'): number {
  const count = Number(limit);
  if (Number.isInteger(count) && count >= 1 && count <= mcpLogs.keep) return count;
  throw new Fault('input.invalid', { fields: ['limit'], expected: `a number from 1 to ${mcpLogs.keep}` });
}
