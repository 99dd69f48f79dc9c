// A new service adds one line here, for what servers and pages may import; DTOs are imported by their own files.
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
