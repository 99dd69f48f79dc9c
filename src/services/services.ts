// The application's services; a new one is one line here.
export { CrawlModule } from './crawl/crawl.module.js';
export { ChatModule } from './chat/chat.module.js';
export { TasksModule } from './tasks/tasks.module.js';
export { KnowledgeModule } from './knowledge/knowledge.module.js';
export { TestsModule } from './tests/tests.module.js';
export { McpLogsModule } from './mcp-logs/mcp-logs.module.js';
export { QueryModule } from './query/query.module.js';
export { ResearchModule } from './research/research.module.js';
export { ProjectCreationModule } from './project-creation/project-creation.module.js';
