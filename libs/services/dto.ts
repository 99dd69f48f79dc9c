export * from './chat/chat.dto.js';
export * from './crawl/crawl.dto.js';
export * from './project.dto.js';
export * from './tasks/tasks.dto.js';
export * from './knowledge/knowledge.dto.js';
export * from './tests/tests.dto.js';
export * from './query/query.dto.js';
export * from './project-creation/project-creation.dto.js';
