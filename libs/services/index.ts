// A new service is one line here: what both sides, and pages, may load of it. Its DTOs are asked for by their file.
export * from './chat/index.js';
export * from './crawl/index.js';
export * from './tasks/index.js';
export * from './knowledge/index.js';
export * from './tests/index.js';
export * from './project-creation/index.js';
export * from './query/index.js';
export * from './mcp-logs/index.js';
export * from './research/index.js';
export * from './project/project.js';
