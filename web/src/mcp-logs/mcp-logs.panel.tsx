import { McpLogsService } from '@switchyard/services/mcp-logs/mcp-logs.client.js';
import { useMemo } from 'react';
import { usePage } from '../realtime/page.context.js';
import { ServiceStages } from '../stages/service.stages.js';
import { ServerCard } from './server.card.js';

/** The MCP server and its log. */
export function McpLogsPanel() {
  const { realtime } = usePage();
  const servers = useMemo(() => new McpLogsService(realtime), [realtime]);
  return (
    <div className="columns">
      <div className="stack">
        <h1>MCP server</h1>
        <ServerCard servers={servers} />
      </div>
      <aside className="stack" aria-label="Stage of this service">
        <ServiceStages only="mcp-logs" />
      </aside>
    </div>
  );
}
