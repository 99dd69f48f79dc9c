export * from './creation.progress.js';
export * from './project-creation.contract.js';
export * from './project-creation.legacy.js';
