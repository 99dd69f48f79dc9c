import { McpLogsService } from '@switchyard/services/mcp-logs/mcp-logs.client.js';
import { useMemo, useState } from 'react';
import { usePage } from '../realtime/page.context.js';
import { ServicePanel } from '../room/service.panel.js';
import type { ShownLevels } from './level.chooser.js';
import { ServerCard } from './server.card.js';

/** Shows the MCP server and its log. */
export function McpLogsPanel() {
  const { realtime } = usePage();
  const servers = useMemo(() => new McpLogsService(realtime), [realtime]);
  const [shown, show] = useState<ShownLevels>('all');
  return (
    <ServicePanel
      title="MCP server"
      service="mcp-logs"
      about="Lets agents search the index through the Model Context Protocol. Start it, call its tool, and read its log."
    >
      <ServerCard key={shown} servers={servers} shown={shown} show={show} />
    </ServicePanel>
  );
}
