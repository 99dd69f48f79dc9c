export * from './knowledge.contract.js';
export * from './knowledge.filter.js';
export * from './knowledge.fold.js';
export * from './knowledge.item.js';
export * from './knowledge.legacy.js';
