export * from './processes.js';
export * from './processes.module.js';
export * from './supervised.process.js';
