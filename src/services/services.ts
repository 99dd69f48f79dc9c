import { ChatModule } from './chat/chat.module.js';
import { CrawlModule } from './crawl/crawl.module.js';
import { KnowledgeModule } from './knowledge/knowledge.module.js';
import { QueryModule } from './query/query.module.js';
import { ResearchModule } from './research/research.module.js';
import { TasksModule } from './tasks/tasks.module.js';
import { TestsModule } from './tests/tests.module.js';
import { ProjectCreationModule } from './project-creation/project-creation.module.js';
import { McpLogsModule } from './mcp-logs/mcp-logs.module.js';

/** The application's services; a new one is one line here. */
export const SERVICES = [
  CrawlModule,
  ChatModule,
  TasksModule,
  KnowledgeModule,
  TestsModule,
  McpLogsModule,
  QueryModule,
  ResearchModule,
  ProjectCreationModule,
];
