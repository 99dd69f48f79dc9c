export * from './mcp-logs.contract.js';
export * from './mcp-logs.fold.js';
export * from './mcp-logs.legacy.js';
export * from './server.log.js';
