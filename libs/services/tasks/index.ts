export * from './task.js';
export * from './task.list.js';
export * from './tasks.contract.js';
export * from './tasks.fold.js';
export * from './tasks.legacy.js';
