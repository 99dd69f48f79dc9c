import type { ComponentType } from 'react';
import { lateComponent } from '../loading/late.component.js';

/** A page of the console. */
export interface Panel {
  /** The name in the address, after `#`. */
  id: string;
  title: string;
  Content: ComponentType;
}

/** Loads a panel when it is first shown, to keep the start small. */
function panel<M, K extends keyof M>(id: string, title: string, load: () => Promise<M>, name: K): Panel {
  const content = async () => (await load())[name] as ComponentType;
  return { id, title, Content: lateComponent(content, <p role="status">Loading {title} …</p>) };
}

/** The console's panels in navigation order; a new panel is one line here. */
export const PANELS: readonly [Panel, ...Panel[]] = [
  panel('crawl', 'Crawl', () => import('../crawl/crawl.panel.js'), 'CrawlPanel'),
  panel('chat', 'Chat', () => import('../chat/chat.panel.js'), 'ChatPanel'),
  panel('project-creation', 'New project', () => import('../project-creation/creation.panel.js'), 'CreationPanel'),
  panel('tasks', 'Tasks', () => import('../tasks/tasks.panel.js'), 'TasksPanel'),
  panel('tests', 'Tests', () => import('../tests/tests.panel.js'), 'TestsPanel'),
  panel('mcp-logs', 'MCP server', () => import('../mcp-logs/mcp-logs.panel.js'), 'McpLogsPanel'),
  panel('knowledge', 'Knowledge', () => import('../knowledge/knowledge.panel.js'), 'KnowledgePanel'),
  panel('research', 'Research', () => import('../research/research.panel.js'), 'ResearchPanel'),
  panel('query', 'Query', () => import('../query/query.panel.js'), 'QueryPanel'),
  panel('stages', 'Stages', () => import('../stages/stages.panel.js'), 'StagesPanel'),
];
